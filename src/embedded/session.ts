import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { StartError } from '../problems.ts'
import { connect, type Joined, leave, locks, type Visitor } from './connection.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import type { Postmaster } from './postmaster.ts'

const nothing = () => undefined

/** Connects and takes the locks. Undefined: another process is about to stop this server. @throws StartError when it is not ours to use */
export async function joinServer(
  place: PreparedCluster,
  server: Postmaster,
  visitor: Visitor,
  deadline: number,
): Promise<Joined | undefined> {
  const { client, password } = await connect(place, server, visitor)
  try {
    if (await settle(client, place, visitor, deadline)) return { client, password }
  } catch (error) {
    leave(client)
    throw error
  }
  leave(client)
  return undefined
}

type Greeting = { folder: string; free: boolean; made: boolean }

async function settle(client: Client, place: PreparedCluster, { role }: Visitor, deadline: number): Promise<boolean> {
  const { rows } = await client.query<Greeting>(`
    select current_setting('data_directory') as folder, pg_try_advisory_lock_shared(${locks.use}) as free,
      exists (select from pg_database where datname = 'gatehouse') as made`)
  const { folder = '', free = false, made = true } = rows[0] ?? {}
  if ((await realpath(folder).catch(nothing)) !== place.folder) throw strangerError(place, folder)
  if (!free) return false
  if (!made) {
    await client.query('create database gatehouse').catch((error: unknown) => {
      // Another first start made it between the two statements.
      if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
    })
  }
  if (role === 'service') await claimService(client, place, deadline)
  return true
}

/** Only one service on a DATA_DIR: two would share one outbox, one port and one end. */
async function claimService(client: Client, { dataDir }: PreparedCluster, deadline: number): Promise<void> {
  // The backend of a service that was just killed needs a moment to notice.
  const patience = Date.now() + 500
  for (;;) {
    const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${locks.service}) as got`)
    if (rows[0]?.got) return
    const [pid = '?', address = ''] = (await serviceName(client))?.split(' ').slice(2) ?? []
    if (Date.now() > (isGone(Number(pid)) ? deadline : patience)) {
      const who = address === '' ? `process ${pid}` : `process ${pid}, ${address}`
      const way = 'stop it, or give this one a DATA_DIR and PORT of its own'
      throw new StartError(`Another Gatehouse already runs on ${dataDir} (${who}): ${way}.`)
    }
    await sleep(50)
  }
}

async function serviceName(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    select application_name as name from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and (classid, objid) = (${locks.service}) and granted`)
  return rows[0]?.name
}

function isGone(pid: number): boolean {
  try {
    return pid > 0 && !process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Holds the connection, and joins again whenever it is lost while the server lives. */
export function holdSession(first: Client, rejoin: () => Promise<Joined | undefined>) {
  let client: Client | undefined
  let over = false
  const again = async () => {
    const next = (await rejoin().catch(nothing))?.client
    if (next && over) leave(next)
    else if (next) hold(next)
    else if (!over) setTimeout(() => void again(), 250).unref()
  }
  const hold = (held: Client) => {
    client = held.once('end', () => {
      client = undefined
      if (!over) setTimeout(() => void again(), 50).unref()
    })
  }
  hold(first)
  const end = () => {
    over = true
    return client
  }
  return { end }
}

function strangerError({ folder }: PreparedCluster, other: string): StartError {
  const problem = `${folder}/postmaster.pid names a running PostgreSQL that serves ${other}, as after a copy or move of DATA_DIR`
  return new StartError(`${problem}: stop that one, and copy or move DATA_DIR while nothing runs on it.`)
}
