import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { locks } from './connection.ts'

/** Whether nobody else uses the server; if so nobody can join it any more, until our connection ends. */
export async function isLastUser(client: Client): Promise<boolean> {
  // Two who leave together: whoever lets go last finds itself alone.
  await client.query(`select pg_advisory_unlock_shared(${locks.use})`)
  if (!(await repeatedly(5, () => take(client)))) return false // one that was just killed holds its lock a moment longer
  // So do the backends of a pool that was just closed; a person's psql stays.
  return repeatedly(25, async () => !(await hasOthers(client)))
}

async function repeatedly(times: number, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < times; tries++) {
    if (await attempt()) return true
    await sleep(20)
  }
  return false
}

async function take(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${locks.use}) as got`)
  return rows[0]?.got ?? false
}

async function hasOthers(client: Client): Promise<boolean> {
  const others = await client.query(`
    select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`)
  return others.rowCount !== 0
}
