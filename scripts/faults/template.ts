import { randomBytes } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { v7 as uuidv7 } from 'uuid'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { Scrypt } from '../../src/domain/passwords/scrypt.ts'
import { currentParameters } from '../../src/domain/passwords/verify.ts'
import { migrate } from '../../src/db/migrate.ts'
import { Cluster, type Installation } from './cluster.ts'
import { issuer, secretKey } from './serviceProcess.ts'

/** A user of the template, who has signed in once. */
export type Account = { email: string; password: string; refresh: string }
export type Template = {
  cluster: Cluster
  administrator: Account
  accounts: Account[]
  /** The values of the parameters of insertUsers. */
  values: unknown[]
}

const population = 1000

/**
 * Makes a migrated database with active users and a superuser, who all have the same password and one session. Each
 * scenario gets a copy, because hashing the passwords of real registrations and sign-ins would take most of the time.
 */
export async function createTemplate(folder: string, installation: Installation): Promise<Template> {
  const cluster = await Cluster.prepare(folder, installation)
  const password = randomBytes(12).toString('base64url')
  const hash = await Scrypt.kdf(password, currentParameters)
  await cluster.init()
  await cluster.start()
  await cluster.query('create database gatehouse', 'postgres')
  await migrate(cluster.url())
  const names = ['administrator', ...Array.from({ length: population }, (_, index) => `person${index}`)]
  const users = names.map((name) => ({ email: `${name}@example.com`, id: uuidv7(), session: uuidv7() }))
  const [administrator, ...accounts] = users.map(({ email, ...ids }) => ({ email, password, refresh: sign(ids) }))
  if (!administrator) throw new Error('There are no users')
  const template = { cluster, administrator, accounts, values: [JSON.stringify(users), hash] }
  await insertAccounts(cluster, template)
  await cluster.kill('SIGINT')
  return template
}

/** Inserts the accounts of the template into a migrated database. */
export async function insertAccounts(cluster: Cluster, { values }: Template): Promise<void> {
  await cluster.query(insertUsers, 'gatehouse', values)
}

const insertUsers = `with people as (select * from json_to_recordset($1) as people (email text, id uuid, session uuid)),
  rows as (
    insert into users (id, email, language, password_hash, is_superuser, search_text)
    select id, email, 'en', $2, email like 'administrator%', email from people
  ),
  opened as (
    insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
    select id, session, now() + interval '1 day', now() + interval '30 days', '127.0.0.1', 'faults' from people
  ),
  logged as (
    insert into login_logs (user_id, id, ip_address, user_agent)
    select id, gen_random_uuid(), '127.0.0.1', 'faults' from people
  )
  insert into emails (address, user_id) select email, id from people`

/** Makes the first refresh token of a session. */
function sign({ id, session }: { id: string; session: string }): string {
  const { id: keyid, refreshTokens } = deriveSecrets(secretKey)
  const claims = { sub: id, user_id: id, sid: session, jti: '0'.repeat(32), gen: 1, token_type: 'refresh' }
  const options = { issuer, audience: issuer, expiresIn: 86_400, keyid } as const
  return jwt.sign(claims, refreshTokens, {
    ...options,
    algorithm: 'HS256',
    header: { alg: 'HS256', typ: 'refresh+jwt' },
  })
}
