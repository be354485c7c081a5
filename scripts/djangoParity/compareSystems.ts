import { accountCases } from './accountCases.ts'
import { keepVariables, send, type Case, type Variables } from './case.ts'
import { compareReplies, type Reply } from '../../src/shadow/compareReplies.ts'
import { readCases } from './readCases.ts'
import type { System } from './system.ts'
import { tokenCases } from './tokenCases.ts'

export type Result = {
  name: string
  request: string
  django: number
  gatehouse: number
  result: 'equal' | 'different as documented'
  difference?: string | undefined
  /** What is wrong: the replies differ without a reason, or a reason is given although they are equal. */
  mistake?: string | undefined
}

/** Sends the requests of all cases to both systems. */
export async function compareSystems(django: System, gatehouse: System): Promise<Result[]> {
  const [theirs, ours]: [Variables, Variables] = [{}, {}]
  const results: Result[] = []
  for (const one of [...accountCases, ...tokenCases, ...readCases])
    results.push(judge(one, await ask(django, one, theirs), await ask(gatehouse, one, ours)))
  return results
}

async function ask(system: System, one: Case, variables: Variables): Promise<Reply> {
  await one.prepare?.(system, variables)
  const reply = await send(system, one, variables)
  keepVariables(one, reply, variables)
  return reply
}

function judge(one: Case, django: Reply, gatehouse: Reply): Result {
  const { name, path, body, difference, method = body === undefined ? 'GET' : 'POST' } = one
  const differences = compareReplies(django, gatehouse, form)
    .map(({ member, django: theirs, gatehouse: ours }) => `${member} ${show(theirs)} → ${show(ours)}`)
    .join('; ')
  const common = { name, request: `${method} ${path}`, django: django.status, gatehouse: gatehouse.status, difference }
  if (differences === '')
    return {
      ...common,
      result: 'equal',
      mistake: difference && 'a difference is documented, but the replies are equal',
    }
  const mistake = difference === undefined ? differences : undefined
  return { ...common, result: 'different as documented', mistake }
}

/** Replaces a value that differs between two runs by its form. */
function form(_: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return `(token with ${claimsOf(value)})`
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value) ? '(time)' : value
}

/** Lists the claims that simplejwt puts into a token. The service adds others. */
function claimsOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const show = (name: string) => `${name} ${name === 'token_type' ? String(claims[name]) : typeof claims[name]}`
  return ['token_type', 'exp', 'iat', 'jti', 'user_id'].map(show).join(', ')
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
