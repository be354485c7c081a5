import assert from 'node:assert/strict'
import type { Answer, TestService } from './service.ts'

/** Asserts the status and code of a problem document, and what is true of every problem document. */
export function assertProblem({ status, headers, body }: Answer, expectedStatus: number, expectedCode: string): void {
  assert.equal(status, expectedStatus, JSON.stringify(body))
  assert.equal(body['code'], expectedCode)
  assert.equal(body['status'], expectedStatus)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(headers.get('x-request-id'), body['request_id'])
  // These two are common headers, which every answer has (security 73).
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  for (const member of ['type', 'title', 'detail']) assert.ok(body[member], `${member} is missing`)
}

const details = {
  not_authenticated: 'Authentication credentials were not provided.',
  no_active_account: 'No active account found with the given credentials',
  token_not_valid: 'Token is invalid or expired',
  user_not_found: 'User not found',
  user_inactive: 'User is inactive',
}

/** Asserts a 401 in the form that clients of Django REST framework and simplejwt expect. */
export function assertUnauthorized(answer: Answer, code: keyof typeof details): void {
  assertProblem(answer, 401, code)
  assert.equal(answer.body['detail'], details[code])
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="api"')
}

type FieldErrors = { pointer?: string; parameter?: string; code: string }[]

/** Asserts a 400 whose errors are at these pointers or parameters, and at no others. */
export function assertInvalid(answer: Answer, ...locations: string[]): void {
  assertProblem(answer, 400, 'invalid')
  const errors = (answer.body['errors'] ?? []) as FieldErrors
  assert.deepEqual(new Set(errors.map(({ pointer, parameter }) => pointer ?? parameter)), new Set(locations))
}

/** Returns the errors of a problem document, each as "/email format" or "?limit range". */
export function fieldErrorsOf({ body }: Answer): string[] {
  const errors = (body['errors'] ?? []) as FieldErrors
  return errors.map(({ pointer, parameter, code }) => `${pointer ?? `?${String(parameter)}`} ${code}`)
}

/** Returns the parts of an answer that must be the same for every user. */
export function withoutIds({ status, headers, body }: Answer) {
  const ownOfEach = new Set(['date', 'x-request-id'])
  const { request_id: _, ...members } = body
  return { status, headers: Object.fromEntries([...headers].filter(([name]) => !ownOfEach.has(name))), members }
}

/** Sends a HEAD request and returns the answer, which has no body. */
export async function head(
  service: TestService,
  path: string,
  token?: string,
): Promise<{ status: number; type: string; text: string }> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const reply = await service.fetch(path, { method: 'HEAD', headers })
  return {
    status: reply.status,
    type: reply.headers.get('content-type')?.split(';')[0] ?? '',
    text: String(reply.body['text']),
  }
}
