import { loadConfig } from '../../../src/config/config.ts'
import { v7 as uuidv7 } from 'uuid'
import pg from 'pg'
import { createDatabase } from '../../../src/db/database.ts'
import { enqueueMail } from '../../../generated/queries.ts'
import { createTestDatabase } from '../../support/database.ts'

export const baseUrl = 'https://accounts.example.com'
export const mailConfig = { ...loadConfig({ RATE_LIMITS: 'off' }).config, baseUrl }

/** Creates a migrated database, with functions that add users, registrations and mails by plain SQL. */
export async function createMailRoom() {
  const database = await createTestDatabase()
  const { url } = database
  const db = createDatabase({ preparedStatements: true, onError: () => undefined })
  await db.open(url)
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()

  async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await client.query<Row>(text, values)).rows
  }

  return {
    url,
    db,
    query,

    async addUser({ address = 'ann@example.com', language = 'en', isActive = true } = {}): Promise<string> {
      const id = uuidv7()
      const user = [id, `Stored-${address}`, language, isActive]
      await query('insert into users (id, email, language, is_active) values ($1, $2, $3, $4)', user)
      await query('insert into emails (address, user_id) values ($1, $2)', [address, id])
      return id
    },

    async addRegistration({ address = 'ann@example.com', language = 'en' } = {}): Promise<string> {
      const id = uuidv7()
      await query(
        `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
         values ($1, $2, $3, '', '', $4, '\\x00', '192.0.2.7', 'Firefox/140.0')`,
        [id, address, `Given-${address}`, language],
      )
      return id
    },

    async enqueue(
      kind: string,
      address = 'ann@example.com',
      userId: string | null = null,
      about: string | null = null,
    ): Promise<string> {
      const id = uuidv7()
      await db.one(enqueueMail({ id, kind, address, userId, about, cause: userId ?? address, priority: 0 }))
      return id
    },

    async readMail(id: string) {
      type Row = { status: string; attempts: number; last_error: string | null; sent_at: Date | null }
      const [mail] = await query<Row>('select status, attempts, last_error, sent_at from mails where id = $1', [id])
      if (!mail) throw new Error(`no mail ${id}`)
      return mail
    },

    async close(): Promise<void> {
      await client.end()
      await db.close()
      await database.drop()
    },
  }
}

export type MailRoom = Awaited<ReturnType<typeof createMailRoom>>
