import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestService } from './service.ts'

/** Until so many statements on the service's database wait for a lock. */
export async function untilSomebodyWaits(service: TestService, many = 1): Promise<void> {
  const text = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    if ((await service.sql(text)).length >= many) return
    await sleep(10)
  }
  assert.fail(`${many} statements should wait for a lock`)
}

/** Keeps whoever writes to a row waiting, in the order in which they come. @returns what lets them go */
export async function holdRow(
  service: TestService,
  table: 'users' | 'sessions',
  id: string,
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: service.databaseUrl })
  client.on('error', () => undefined) // when a failing test leaves it behind, the database is dropped under it
  await client.connect()
  await client.query('begin')
  await client.query(`select from ${table} where id = $1 for update`, [id])
  return () => client.end()
}
