import { Client } from 'pg'
import { StartError } from '../problems.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import type { ServerProcess } from './pidFile.ts'
import { newPassword, requirePasswordFile, replacePasswordFile } from './passwordFile.ts'
import { socketPort } from './socketFolder.ts'

export type Role = 'service' | 'command'

/** The description of this process that other processes read from pg_stat_activity. */
export type ProcessIdentity = { role: Role; address: string }

/** A connection to the server, and the password for further connections. */
export type ServerConnection = { client: Client; password: string }

/**
 * The keys of the advisory locks. A process holds its locks on one connection, which stays open while it uses the
 * server. Every process holds `use` as a shared lock. A process that is about to stop the server holds `use`
 * exclusively. Only the service holds the lock `service`. The locks are in the database `postgres`, so that their
 * keys cannot collide with keys in the database `gatehouse`.
 */
export const advisoryLocks = { use: '1734440037, 0', service: '1734440037, 1' }

const ignore = () => undefined

/**
 * Gives the database role gatehouse a new password, so that a password from a backup does not work after the next
 * start (security 98). Only a service calls this function, for a server that the service has just started. The
 * password stays the same when another process uses the server already, because that process connects with the
 * current password.
 */
export async function renewPassword(
  cluster: PreparedCluster,
  server: ServerProcess,
  self: ProcessIdentity,
): Promise<void> {
  const { client, password } = await connectToServer(cluster, server, self)
  try {
    const { rows } = await client.query<{ alone: boolean }>(
      `select pg_try_advisory_lock(${advisoryLocks.use}) as alone`,
    )
    if (!rows[0]?.alone) return
    const nextPassword = newPassword()
    await replacePasswordFile(cluster.dataDir, { password, nextPassword })
    // PostgreSQL must have stored the new password permanently before the password file loses the old one.
    // synchronous_commit ensures this even if the server's settings turn it off.
    await client.query(`set synchronous_commit = on; alter role gatehouse password '${nextPassword}'`)
    await replacePasswordFile(cluster.dataDir, { password: nextPassword })
  } finally {
    await client.end().catch(ignore)
  }
}

/**
 * Connects with the current or the next password of the password file.
 * @throws StartError when neither password is valid
 */
export async function connectToServer(
  cluster: PreparedCluster,
  server: ServerProcess,
  self: ProcessIdentity,
): Promise<ServerConnection> {
  let tried = new Set<string>()
  for (;;) {
    const { password, nextPassword } = await requirePasswordFile(cluster.dataDir)
    const candidates = new Set(nextPassword === undefined ? [password] : [password, nextPassword])
    // The file is read again after a failure, because a service that is starting may have changed the password since
    // the file was read.
    if (candidates.isSubsetOf(tried)) throw passwordError(cluster)
    for (const candidate of candidates) {
      const client = await tryPassword(candidate, server, self)
      if (client) return { client, password: candidate }
    }
    tried = tried.union(candidates)
  }
}

/** Connects with a password. @returns the connection, or undefined when the password is wrong */
async function tryPassword(
  password: string,
  { socketFolder }: ServerProcess,
  { role, address }: ProcessIdentity,
): Promise<Client | undefined> {
  const client = new Client({
    host: socketFolder,
    port: socketPort,
    user: 'gatehouse',
    password,
    database: 'postgres',
    application_name: `gatehouse ${role} ${process.pid} ${address}`.trim(),
    connectionTimeoutMillis: 5000,
    query_timeout: 30_000,
    options: '-c idle_session_timeout=0 -c statement_timeout=0',
  })
  // When the server ends, the client emits an error event. Without a listener, the event would end this process.
  client.on('error', ignore)
  try {
    await client.connect()
    return client
  } catch (error) {
    closeConnection(client)
    if ((error as { code?: string }).code === '28P01') return undefined
    throw error
  }
}

export function closeConnection(client: Client): void {
  client.end().catch(ignore)
}

function passwordError({ dataDir, folder }: PreparedCluster): StartError {
  const problem = `The password in ${dataDir}/postgres.json is not the one of the database in ${folder}`
  return new StartError(`${problem}: restore the two from the same backup.`)
}
