import assert from 'node:assert/strict'
import { createHmac, randomUUID, sign, type KeyObject } from 'node:crypto'
import { operationRoutes } from './routes.ts'
import { assertProblem, type Answer, type OperationId, type TestService } from './service.ts'

export type TokenParts = { header: Record<string, unknown>; claims: Record<string, unknown> | string }

/** Signs by hand whatever an attacker or a faulty issuer might send; without a key the signature is empty. */
export function forge({ header, claims }: TokenParts, key?: KeyObject): string {
  const texts = [JSON.stringify(header), typeof claims === 'string' ? claims : JSON.stringify(claims)]
  const signed = texts.map((text) => Buffer.from(text).toString('base64url')).join('.')
  return `${signed}.${key ? signature(signed, key) : ''}`
}

function signature(text: string, key: KeyObject): string {
  if (key.type === 'secret') return createHmac('sha256', key).update(text).digest('base64url')
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

export function decode(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: parse(header), claims: parse(claims) }
}

function parse(text = ''): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}

export type Person = { id: string; email: string; sessionId: string; access: string; refresh: string }

/** An active user with a session, straight into the database: for tests in which signing in is not what is tested. */
export async function addUser(service: TestService, options: { superuser?: boolean } = {}): Promise<Person> {
  const [id, sessionId, email] = [randomUUID(), randomUUID(), service.email()]
  const values = [id, email, options.superuser ?? false]
  await service.sql('insert into users (id, email, is_superuser) values ($1, $2, $3)', values)
  await service.sql('insert into emails (address, user_id) values ($1, $2)', [email, id])
  await service.sql(
    `insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
     values ($1, $2, now() + interval '1 day', now() + interval '30 days', '192.0.2.1', 'test')`,
    [id, sessionId],
  )
  const now = Math.floor(Date.now() / 1000)
  const session = { user_id: id, id: sessionId, generation: 1, issued_at: now, idle_until: now + 86_400 }
  return { id, email, sessionId, ...service.service.services.tokens.pair(session) }
}

const details = {
  not_authenticated: 'Authentication credentials were not provided.',
  no_active_account: 'No active account found with the given credentials',
  token_not_valid: 'Token is invalid or expired',
  user_not_found: 'User not found',
  user_inactive: 'User is inactive',
}

/** A 401 as clients of DRF and simplejwt know it (compatibility.md). */
export function assertUnauthorized(answer: Answer, code: keyof typeof details): void {
  assertProblem(answer, 401, code)
  assert.equal(answer.body['detail'], details[code])
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="api"')
}

export type Faults = { pointer?: string; parameter?: string; code: string; detail: string }[]

/** A 400 that names these places, and no others. */
export function assertInvalid(answer: Answer, ...places: string[]): void {
  assertProblem(answer, 400, 'invalid')
  const errors = (answer.body['errors'] ?? []) as Faults
  assert.deepEqual(errors.map(({ pointer, parameter }) => pointer ?? parameter).sort(), places.sort())
}

/** What every operation with a body refuses, whatever it does (security 62–64, 75). */
export async function assertBodyRules(service: TestService, id: OperationId, body: object, token = ''): Promise<void> {
  const { method, path } = operationRoutes[id]
  const send = (text: string, type = 'application/json') =>
    service.fetch(path, { method, body: text, headers: { 'Content-Type': type, Authorization: `Bearer ${token}` } })
  assertProblem(await send('{"'), 400, 'invalid')
  assertInvalid(await send('[]'), '')
  assertInvalid(await send('"{}"'), '')
  assertInvalid(await send(JSON.stringify({ ...body, surprise: 1 })), '/surprise')
  assertProblem(await send(JSON.stringify({ ...body, surprise: 'x'.repeat(65_536) })), 413, 'content_too_large')
  assertProblem(await send(JSON.stringify(body), 'text/plain'), 415, 'unsupported_media_type')
  assertProblem(await send(JSON.stringify(body), 'application/json; charset=utf-16'), 415, 'unsupported_media_type')
}

/** What HEAD answers; it has no body to read. */
export async function head(
  service: TestService,
  path: string,
  token?: string,
): Promise<{ status: number; type: string; text: string }> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const reply = await fetch(`${service.url}${path}`, { method: 'HEAD', headers })
  return {
    status: reply.status,
    type: reply.headers.get('content-type')?.split(';')[0] ?? '',
    text: await reply.text(),
  }
}
