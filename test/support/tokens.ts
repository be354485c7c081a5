import assert from 'node:assert/strict'
import { createHmac, randomUUID, sign, type KeyObject } from 'node:crypto'
import * as scryptKdf from 'scrypt-kdf'
import { insertUser } from './accounts.ts'
import { assertProblem, password, type Answer, type TestService } from './service.ts'

const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default // its types say otherwise

export type TokenParts = { header: Record<string, unknown>; claims: Record<string, unknown> | string }

/** Signs by hand whatever an attacker or a faulty issuer might send; without a key the signature is empty. */
export function forge({ header, claims }: TokenParts, key?: KeyObject): string {
  const texts = [JSON.stringify(header), typeof claims === 'string' ? claims : JSON.stringify(claims)]
  const signed = texts.map((text) => Buffer.from(text).toString('base64url')).join('.')
  return `${signed}.${key ? signText(signed, key, header['alg']) : ''}`
}

/** The last part of a token whose other two are this text. */
export function signText(text: string, key: KeyObject, algorithm?: unknown): string {
  const hash = algorithm === 'HS512' ? 'sha512' : algorithm === 'HS384' ? 'sha384' : 'sha256'
  if (key.type === 'secret') return createHmac(hash, key).update(text).digest('base64url')
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

export function decode(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: parse(header), claims: parse(claims) }
}

function parse(text = ''): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}

/** The tests' password, hashed with hardly any work: it is verified in no time. A sign-in renews it, in the time of any other hash. */
export const quickHash = Scrypt.kdf(password, { logN: 1, r: 1, p: 1 })

type PersonOptions = { superuser?: boolean; passwordHash?: Uint8Array | null }

export type Person = { id: string; email: string; sessionId: string; access: string; refresh: string }

/**
 * An active user with a session, straight into the database: for tests in which signing in is not what is tested. A
 * superuser has a password unless null is given, because one without does not count as the last one.
 */
export async function addUser(
  service: TestService,
  { superuser = false, passwordHash = superuser ? new Uint8Array(1) : null }: PersonOptions = {},
): Promise<Person> {
  const email = service.email()
  const id = await insertUser(service, email)
  const hash = passwordHash === null ? null : Buffer.from(passwordHash)
  await service.sql('update users set is_superuser = $2, password_hash = $3 where id = $1', [id, superuser, hash])
  return { id, email, ...(await addSession(service, id)) }
}

/** Another session of a user, without signing in. */
export async function addSession(service: TestService, userId: string): Promise<Omit<Person, 'id' | 'email'>> {
  const sessionId = randomUUID()
  await service.sql(
    `insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
     values ($1, $2, now() + interval '1 day', now() + interval '30 days', '127.0.0.1', 'test')`,
    [userId, sessionId],
  )
  const now = Math.floor(Date.now() / 1000)
  const session = { user_id: userId, id: sessionId, generation: 1, issued_at: now, idle_until: now + 86_400 }
  return { sessionId, ...service.service.services.tokens.issuePair(session) }
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

type Faults = { pointer?: string; parameter?: string; code: string; detail: string }[]

/** A 400 that names these places, and no others. */
export function assertInvalid(answer: Answer, ...places: string[]): void {
  assertProblem(answer, 400, 'invalid')
  const errors = (answer.body['errors'] ?? []) as Faults
  assert.deepEqual(new Set(errors.map(({ pointer, parameter }) => pointer ?? parameter)), new Set(places))
}

/** What HEAD answers; it has no body to read. */
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
