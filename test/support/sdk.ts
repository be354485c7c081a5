import assert from 'node:assert/strict'
import { Problem, type KeyValueStorage } from '../../generated/sdk/index.ts'
import type { OperationId, TestService } from './service.ts'
import { operationRoutes } from './operations.ts'
import type { Person } from './users.ts'

/** Returns a fetch that counts the requests to each path. `answer` may answer a request itself, or reject it. */
export function counting(
  answer?: (path: string, count: number) => Response | Promise<Response | undefined> | undefined,
) {
  const counts = new Map<string, number>()
  const send: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    const count = (counts.get(pathname) ?? 0) + 1
    counts.set(pathname, count)
    return (await answer?.(pathname, count)) ?? fetch(input, init)
  }
  return { send, count: (id: OperationId) => counts.get(operationRoutes[id].path) ?? 0 }
}

export const isCallOf = (id: OperationId, path: string) => path === operationRoutes[id].path

/** Issues the tokens of a user as if they were `age` seconds old. By default, the access token has expired. */
export function agedPair(service: TestService, { id, sessionId }: Person, age = 600) {
  const now = Math.floor(Date.now() / 1000)
  const session = { user_id: id, id: sessionId, generation: 1, issued_at: now - age, idle_until: now + 3600 }
  return service.service.services.tokens.issuePair(session)
}

export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const problem = await call.then(
    () => assert.fail('no problem'),
    (error: unknown) => error,
  )
  assert.ok(problem instanceof Problem, String(problem))
  return problem
}

/** Returns a problem as the service would send it. */
export function problemReply(status: number, code: string, headers: Record<string, string> = {}): Response {
  const document = { type: 'urn:x', title: 'x', status, detail: 'x', code, request_id: 'x' }
  return new Response(JSON.stringify(document), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  })
}

/** A storage that clients share, as the tabs of a browser share localStorage. */
export function sharedStorage(): KeyValueStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

/** Returns a promise, and the function with which a test resolves it. */
export function latch() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return {
    opened: promise,
    open: () => {
      resolve(undefined)
    },
  }
}
