/** How processes share one server: each holds a connection whose advisory locks show that it uses the server. */
import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { StartError } from '../problems.ts'
import type { ServerProcess } from './pidFile.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import {
  advisoryLocks,
  closeConnection,
  connectToServer,
  type ProcessIdentity,
  type ServerConnection,
} from './serverConnection.ts'

const ignore = () => undefined

/**
 * Connects to the server and acquires the locks of this process.
 * @returns undefined when another process is about to stop the server
 * @throws StartError when this process may not use the server
 */
export async function joinServer(
  cluster: PreparedCluster,
  server: ServerProcess,
  self: ProcessIdentity,
  deadline: number,
): Promise<ServerConnection | undefined> {
  const { client, password } = await connectToServer(cluster, server, self)
  try {
    if (await acquireLocks(client, cluster, self, deadline)) return { client, password }
  } catch (error) {
    closeConnection(client)
    throw error
  }
  closeConnection(client)
  return undefined
}

type ServerState = { folder: string; locked: boolean; has_database: boolean }

/** @returns false when another process is about to stop the server */
async function acquireLocks(
  client: Client,
  cluster: PreparedCluster,
  { role }: ProcessIdentity,
  deadline: number,
): Promise<boolean> {
  const { rows } = await client.query<ServerState>(`
    select current_setting('data_directory') as folder, pg_try_advisory_lock_shared(${advisoryLocks.use}) as locked,
      exists (select from pg_database where datname = 'gatehouse') as has_database`)
  const { folder = '', locked = false, has_database: hasDatabase = true } = rows[0] ?? {}
  if ((await realpath(folder).catch(ignore)) !== cluster.folder) throw wrongServerError(cluster, folder)
  if (!locked) return false
  if (!hasDatabase) {
    await client.query('create database gatehouse').catch((error: unknown) => {
      // Another process created the database between the two statements.
      if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
    })
  }
  if (role === 'service') await acquireServiceLock(client, cluster, deadline)
  return true
}

/**
 * Only one service may run on a DATA_DIR. Two services would share the outbox folder, and each service would stop the
 * server that the other service uses.
 */
async function acquireServiceLock(client: Client, { dataDir }: PreparedCluster, deadline: number): Promise<void> {
  // PostgreSQL needs a moment to notice that a service was killed.
  const shortDeadline = Date.now() + 500
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(${advisoryLocks.service}) as locked`,
    )
    if (rows[0]?.locked) return
    const [pid = '?', address = ''] = (await findServiceName(client))?.split(' ').slice(2) ?? []
    if (Date.now() > (isGone(Number(pid)) ? deadline : shortDeadline)) {
      const service = address === '' ? `process ${pid}` : `process ${pid}, ${address}`
      const hint = 'stop it, or give this one a DATA_DIR and PORT of its own'
      throw new StartError(`Another Gatehouse already runs on ${dataDir} (${service}): ${hint}.`)
    }
    await sleep(50)
  }
}

async function findServiceName(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    select application_name as name from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and (classid, objid) = (${advisoryLocks.service}) and granted`)
  return rows[0]?.name
}

function isGone(pid: number): boolean {
  try {
    return pid > 0 && !process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Whether no other process uses the server. If true, no process can join the server until this connection ends. */
export async function isLastProcess(client: Client): Promise<boolean> {
  // When two processes stop at the same time, the process that releases its lock last becomes the last process.
  await client.query(`select pg_advisory_unlock_shared(${advisoryLocks.use})`)
  // A process that was just killed holds its lock for a moment.
  if (!(await repeatUntilTrue(5, () => tryUseLock(client)))) return false
  // The connections of a pool that was just closed end after a moment. The connection of a person's psql stays.
  return repeatUntilTrue(25, async () => !(await hasOtherClients(client)))
}

async function repeatUntilTrue(times: number, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < times; tries++) {
    if (await attempt()) return true
    await sleep(20)
  }
  return false
}

async function tryUseLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(${advisoryLocks.use}) as locked`,
  )
  return rows[0]?.locked ?? false
}

async function hasOtherClients(client: Client): Promise<boolean> {
  const others = await client.query(`
    select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`)
  return others.rowCount !== 0
}

function wrongServerError({ folder }: PreparedCluster, otherFolder: string): StartError {
  const problem = `${folder}/postmaster.pid names a running PostgreSQL that serves ${otherFolder}`
  const hint = 'stop that server, and copy or move DATA_DIR only while no Gatehouse runs on it'
  return new StartError(`${problem}, as after a copy or move of DATA_DIR: ${hint}.`)
}
