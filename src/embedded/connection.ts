import { Client } from 'pg'
import { StartError } from '../problems.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import type { Postmaster } from './postmaster.ts'
import { newPassword, requireRecord, saveRecord } from './record.ts'
import { socketPort } from './socket.ts'

export type Role = 'service' | 'command'

/** Who we are, towards the server and towards a second service. */
export type Visitor = { role: Role; address: string }

/** A connection to the server, and the password that opens further ones. */
export type Joined = { client: Client; password: string }

/**
 * One connection lives as long as its process uses the server, and its advisory locks say so (in the database `postgres`, away from
 * the migrations' own): every process shares `use`, and one that is about to stop the server takes it alone; one service holds `service`.
 */
export const locks = { use: '1734440037, 0', service: '1734440037, 1' }

const nothing = () => undefined

/**
 * Gives the role a new password, so that one that leaked from a backup opens nothing after the next start (security 98). Only a
 * service does so, on a server that it has just started: a running one knows the former password. Another process that uses
 * the server already keeps it from changing.
 */
export async function renewPassword(place: PreparedCluster, server: Postmaster, visitor: Visitor): Promise<void> {
  const { client, password } = await connect(place, server, visitor)
  try {
    const { rows } = await client.query<{ alone: boolean }>(`select pg_try_advisory_lock(${locks.use}) as alone`)
    if (!rows[0]?.alone) return
    const nextPassword = newPassword()
    await saveRecord(place.dataDir, { password, nextPassword })
    // Before the former password is forgotten the new one must survive a crash, whatever the server's settings are.
    await client.query(`set synchronous_commit = on; alter role gatehouse password '${nextPassword}'`)
    await saveRecord(place.dataDir, { password: nextPassword })
  } finally {
    await client.end().catch(nothing)
  }
}

/** Connects by the recorded password, or by the one that is about to replace it. @throws StartError when neither fits */
export async function connect(place: PreparedCluster, server: Postmaster, visitor: Visitor): Promise<Joined> {
  let tried = new Set<string>()
  for (;;) {
    const { password, nextPassword } = await requireRecord(place.dataDir)
    const candidates = new Set(nextPassword === undefined ? [password] : [password, nextPassword])
    // A service that is starting may have changed the password between our reading of it and our attempt.
    if (candidates.isSubsetOf(tried)) throw passwordError(place)
    for (const candidate of candidates) {
      const client = await connectWith(candidate, server, visitor)
      if (client) return { client, password: candidate }
    }
    tried = tried.union(candidates)
  }
}

/** @returns undefined when the password is wrong */
async function connectWith(
  password: string,
  { socketFolder }: Postmaster,
  { role, address }: Visitor,
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
  // Without a listener a dying server would take the process along.
  client.on('error', nothing)
  try {
    await client.connect()
    return client
  } catch (error) {
    leave(client)
    if ((error as { code?: string }).code === '28P01') return undefined
    throw error
  }
}

export function leave(client: Client): void {
  client.end().catch(nothing)
}

function passwordError({ dataDir, folder }: PreparedCluster): StartError {
  const problem = `The password in ${dataDir}/postgres.json does not fit the database in ${folder}`
  return new StartError(`${problem}: restore the two from the same backup.`)
}
