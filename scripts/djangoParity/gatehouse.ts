import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { startTemporaryService } from '../temporaryService.ts'
import type { System } from './system.ts'

/** Starts this service with an empty database. @param lifetime of access tokens, in seconds */
export async function startGatehouse(lifetime: number): Promise<System> {
  const settings = { ACCESS_TOKEN_LIFETIME: `${lifetime}s` }
  const { url, dataDir, databaseUrl, stop } = await startTemporaryService(settings, pino({ level: 'silent' }))
  const change = async (sql: string, email: string) => {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query(sql, [email])
    await client.end()
  }
  return {
    name: 'gatehouse',
    url,
    mails: join(dataDir, 'outbox'),
    suspend: (email) => change('update users set is_active = false where email = $1', email),
    remove: (email) => change('delete from users where email = $1', email),
    stop,
  }
}
