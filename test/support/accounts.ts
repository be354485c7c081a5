import { createHash, randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Answer, TestService } from './service.ts'

/** A user as an activation leaves it, by SQL, for tests that are not about getting there. It has no password. */
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

/** A registration that waits, with the code that its mail would have brought. */
export async function insertRegistration(service: TestService, email: string): Promise<{ id: string; code: string }> {
  const id = randomUUID()
  await service.sql(
    `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
     values ($1, lower($2), $2, '', '', 'en', '\\x00', '127.0.0.1', 'a test')`,
    [id, email],
  )
  return { id, code: await insertCode(service, id, 'activate') }
}

/** A live code, made here instead of by a mail: 16 bytes of the user's id, 20 random ones. */
export async function insertCode(service: TestService, userId: string, purpose: string): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(userId.replaceAll('-', ''), 'hex'), randomBytes(20)])
  await service.sql(
    `insert into codes (user_id, hash, purpose, mail_id, expires_at) values ($1, $2, $3, $4, now() + interval '1 hour')`,
    [userId, createHash('sha256').update(bytes).digest(), purpose, uuidv7()],
  )
  return bytes.toString('base64url')
}

/** Lets queued mails wait, before they are chosen or before their codes are stored. @returns what lets them go */
export async function holdMails(service: TestService, before: 'choice' | 'code'): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: service.databaseUrl })
  await client.connect()
  await client.query(`begin; lock table ${before === 'code' ? 'codes in share' : 'emails in access exclusive'} mode`)
  return () => client.end()
}

/** What of an answer must not depend on whom it is about. */
export function withoutIds({ status, headers, body }: Answer) {
  const ownOfEach = new Set(['date', 'x-request-id'])
  const { request_id: _, ...members } = body
  return { status, headers: Object.fromEntries([...headers].filter(([name]) => !ownOfEach.has(name))), members }
}

/** Where a problem document finds faults, as "/email format". */
export function faultsOf({ body }: Answer): string[] {
  const errors = (body['errors'] ?? []) as { pointer?: string; parameter?: string; code: string }[]
  return errors.map(({ pointer, parameter, code }) => `${pointer ?? `?${String(parameter)}`} ${code}`)
}
