import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestService } from './service.ts'

type Release = () => Promise<void>

/** Begins a transaction on a new connection. The caller commits the transaction and ends the connection. */
export async function beginTransaction(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // The connection breaks if a failing test leaves it open and its database is dropped.
  client.on('error', () => undefined)
  await client.connect()
  await client.query('begin')
  return client
}

/** Runs a statement in a transaction that stays open. @returns a function that ends it and releases its locks */
export async function hold(url: string, statement: string, values: unknown[] = []): Promise<Release> {
  const transaction = await beginTransaction(url)
  await transaction.query(statement, values)
  return () => transaction.end()
}

/** Blocks the writers of a row. After the release, they continue in the order in which they arrived. */
export function holdRow(service: TestService, table: 'users' | 'sessions', id: string): Promise<Release> {
  return hold(service.databaseUrl, `select from ${table} where id = $1 for update`, [id])
}

/** Blocks the transactions that create or claim codes of a user. They later continue in order of arrival. */
export function holdCodes(service: TestService, userId: string): Promise<Release> {
  return hold(service.databaseUrl, 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))', [userId])
}

/** Blocks the delivery of queued mails, before they are composed or before their codes are stored. */
export function holdMails(service: TestService, before: 'choice' | 'code'): Promise<Release> {
  const mode = before === 'code' ? 'codes in share' : 'emails in access exclusive'
  return hold(service.databaseUrl, `lock table ${mode} mode`)
}

/** Waits until a number of statements on the service's database wait for a lock. */
export async function untilBlocked(service: Pick<TestService, 'sql'>, count = 1): Promise<void> {
  const text = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    if ((await service.sql(text)).length >= count) return
    await sleep(10)
  }
  assert.fail(`${count} statements should wait for a lock`)
}
