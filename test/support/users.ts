import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { Scrypt } from '../../src/domain/passwords/scrypt.ts'
import { password, type TestService } from './service.ts'

/** A hash of the tests' password that takes hardly any work. A sign-in renews it, because it is outdated. */
export const quickHash = Scrypt.kdf(password, { logN: 1, r: 1, p: 1 })

type PersonOptions = { superuser?: boolean; passwordHash?: Uint8Array | null }

export type Person = { id: string; email: string; sessionId: string; access: string; refresh: string }

/**
 * Inserts an active user with a session by SQL, for tests that are not about signing in. By default, a superuser gets
 * a password hash, because one without a hash does not count when the service keeps the last superuser.
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

/** Inserts an active user with a session and the tests' password. */
export async function addOwner(service: TestService, options: { superuser?: boolean } = {}): Promise<Person> {
  return addUser(service, { ...options, passwordHash: await quickHash })
}

/** Inserts another session of a user, without a sign-in. */
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

/** Inserts a user as an activation leaves it, without a password. @returns the id */
export async function insertUser(
  service: TestService,
  email: string,
  { language = 'en', isActive = true } = {},
): Promise<string> {
  const id = randomUUID()
  await service.sql(
    `with address as (insert into emails (address, user_id) values (lower($2), $1))
     insert into users (id, email, language, is_active) values ($1, $2, $3, $4)`,
    [id, email, language, isActive],
  )
  return id
}

/** Inserts a pending registration with the activation code that its mail would contain. */
export async function insertRegistration(
  service: TestService,
  email: string,
  language = 'en',
): Promise<{ id: string; code: string }> {
  const id = randomUUID()
  await service.sql(
    `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
     values ($1, lower($2), $2, '', '', $3, '\\x00', '127.0.0.1', 'a test')`,
    [id, email, language],
  )
  return { id, code: await insertCode(service, id, 'activate') }
}

/** Inserts a live code without a mail: 16 bytes of the user's id and 20 random ones. */
export async function insertCode(service: TestService, userId: string, purpose: string): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(userId.replaceAll('-', ''), 'hex'), randomBytes(20)])
  await service.sql(
    `insert into codes (user_id, hash, purpose, mail_id, expires_at) values ($1, $2, $3, $4, now() + interval '1 hour')`,
    [userId, createHash('sha256').update(bytes).digest(), purpose, uuidv7()],
  )
  return bytes.toString('base64url')
}

/** Inserts a mail without a job, so that the worker does not send it. @returns its id */
export async function insertMail(
  service: TestService,
  { id: userId, email }: { id: string; email: string },
  { kind = 'password_changed', status = 'failed' } = {},
): Promise<string> {
  const id = uuidv7()
  await service.sql(
    `insert into mails (id, kind, address, user_id, status, attempts, last_error) values ($1, $2, $3, $4, $5, 1, '550 no')`,
    [id, kind, email, userId, status],
  )
  return id
}
