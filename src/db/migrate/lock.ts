import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Client } from '../client.ts'
import { clientConfig, setUpSession } from '../clientConfig.ts'

// The key of the migration lock, which is the same in every release of Gatehouse. Releases before 0.4.0 hold the lock
// for a database session and not for a transaction.
const advisoryLock = 4_283_646_378

const begin = `begin;
set local idle_in_transaction_session_timeout = 0;
set local statement_timeout = 0`

const tryLock = `select pg_try_advisory_xact_lock(${advisoryLock}) as locked`

// pg_locks shows the key of a bigint lock in two halves, with objsubid 1.
const findHolder = `
  select l.pid, a.application_name as application, coalesce(a.xact_start, a.state_change, a.backend_start) as since
  from pg_locks l left join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) + l.objid::bigint = ${advisoryLock}`

/**
 * A wait for the lock is reported only after this many milliseconds, because instances that start at the same time
 * usually wait for each other for a moment.
 */
const quietPeriod = 1500

type Holder = { pid: number; application: string | null; since: Date | null }

/**
 * Acquires the migration lock, which lets one process at a time migrate a database, and runs `work` while it holds
 * the lock. The lock belongs to a transaction and not to a database session, because a pooler may give each
 * transaction another session and a lock of a session might never be released. Each attempt to acquire the lock is a
 * short transaction, so that a waiting process does not occupy a connection of the pooler that the migrating process
 * needs.
 * @param options.onWaiting receives one sentence for the log when another process holds the lock
 */
export async function withMigrationLock<T>(
  url: string,
  { signal, onWaiting }: { signal?: AbortSignal | undefined; onWaiting?: ((sentence: string) => void) | undefined },
  work: (lock: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new Client(clientConfig(url, { role: 'migrate', connectTimeout: 5000, queryTimeout: 5000 }))
  let lost: Error | undefined
  client.on('error', (error) => (lost = error))
  try {
    await client.connect()
    await setUpSession(client)
    await waitForLock(client, signal, onWaiting)
    const result = await work(client)
    if (lost) throw lost
    await client.query('commit')
    return result
  } finally {
    // `end` never returns when the network has lost the connection, so the wait is limited to 5 s.
    await Promise.race([client.end(), sleep(5000, undefined, { ref: false })])
  }
}

async function waitForLock(client: pg.Client, signal?: AbortSignal, onWaiting?: (sentence: string) => void) {
  const began = performance.now()
  for (let isReported = false; ;) {
    await client.query(begin)
    const { rows } = await client.query<{ locked: boolean }>(tryLock)
    if (rows[0]?.locked) return
    const [holder] = (await client.query<Holder>(findHolder)).rows
    await client.query('rollback')
    if (holder && !isReported && performance.now() - began > quietPeriod) {
      isReported = true
      onWaiting?.(describeWait(holder))
    }
    await sleep(200, undefined, { signal })
  }
}

function describeWait({ pid, application, since }: Holder): string {
  const who = [`PostgreSQL’s process ${pid}`, application ?? '', since ? `since ${since.toISOString()}` : '']
  return `Another Gatehouse is migrating this database (${who.filter(Boolean).join(', ')}): waiting for it. If none is running, end that process: select pg_terminate_backend(${pid}).`
}
