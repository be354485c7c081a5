/**
 * Runs a PostgreSQL server in DATA_DIR for one service and any number of commands. Reading order:
 * - prepareCluster.ts finds or creates all that the server needs: the user that runs it (osUser.ts), the programs
 *   (binaries.ts), the password (passwordFile.ts) and the folder with the data (createCluster.ts).
 * - serverProcess.ts starts and stops the server, which outlives this process. pidFile.ts finds a running server.
 *   socketFolder.ts chooses the folder of the server's socket.
 * - serverConnection.ts connects to the server with the password. sharedServer.ts uses advisory locks to decide which
 *   processes share the server, and which process stops it.
 * This file combines these steps in one loop, because other processes may start and stop the same server at any time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../problems.ts'
import { diskFullError, externalDatabaseHint, isDiskFull, toStartError } from './errors.ts'
import { keepConnection } from './keepConnection.ts'
import { findRunningServer, type ServerProcess } from './pidFile.ts'
import { prepareCluster, type PreparedCluster } from './prepareCluster.ts'
import {
  closeConnection,
  renewPassword,
  type ProcessIdentity,
  type Role,
  type ServerConnection,
} from './serverConnection.ts'
import { readLog, startServer, stopServer } from './serverProcess.ts'
import { isLastProcess, joinServer } from './sharedServer.ts'
import { socketUrl } from './socketFolder.ts'

export type EmbeddedDatabase = {
  url: string
  /** The real path of the cluster's folder. */
  folder: string
  /** A sentence that the service prints at start. */
  notice: string | undefined
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  /** A service is alone on its DATA_DIR and stops the server. Commands share it, and the last command stops it. */
  role?: Role
  /** PostgreSQL settings. These settings have no effect on a server that is already running. */
  parameters?: Record<string, string>
  /** The URL on which this service listens. The error message of a second service names it. */
  address?: string
}

const startTimeout = 60_000

/**
 * Starts the PostgreSQL server of `${dataDir}/postgres`, or joins it if it is running.
 * @throws StartError when neither is possible
 */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  try {
    const { role = 'service', parameters = {}, address = '' } = options
    const cluster = await prepareCluster(dataDir, parameters.fsync !== 'off')
    return await startOrJoin(cluster, { role, address }, parameters)
  } catch (error) {
    throw toStartError(error, dataDir)
  }
}

/** Starts or joins the server. A failed step is tried again, because other processes may start or stop the server. */
async function startOrJoin(
  cluster: PreparedCluster,
  self: ProcessIdentity,
  parameters: Record<string, string>,
): Promise<EmbeddedDatabase> {
  const deadline = Date.now() + startTimeout
  let started = false
  try {
    for (let tries = 0; Date.now() < deadline; tries++) {
      if (tries > 0) await sleep(15)
      let server = await findRunningServer(cluster.folder)
      if (!server) {
        const result = await startServer(cluster, parameters, deadline)
        started ||= result.state === 'ready'
        if (result.state === 'exited') await pauseOrThrow(cluster, result.output)
        if (result.state !== 'ready') continue
        server = result.server
        if (self.role === 'service') await renewPassword(cluster, server, self).catch(throwUnlessTemporary)
      }
      if (server.status !== 'ready') continue
      const connection = await joinServer(cluster, server, self, deadline).catch(throwUnlessTemporary)
      if (connection) return createHandle(cluster, self, connection, server)
    }
    throw startFailure(cluster, await readLog(cluster.log), `was not ready within ${startTimeout / 1000} s`)
  } catch (error) {
    if (started) await stopIfUnused(cluster, self)
    throw error
  }
}

function createHandle(
  cluster: PreparedCluster,
  self: ProcessIdentity,
  { client, password }: ServerConnection,
  server: ServerProcess,
): EmbeddedDatabase {
  const connection = keepConnection(client, () => joinServer(cluster, server, self, 0))
  const stop = async () => {
    const held = connection.release()
    // The last process stops the server, even if an earlier process, which has ended, started the server.
    const stopsServer =
      self.role === 'service' || (held !== undefined && (await isLastProcess(held).catch(() => false)))
    if (stopsServer) await stopServer(cluster.folder)
    if (held) closeConnection(held)
  }
  let stopped: Promise<void> | undefined
  return {
    url: socketUrl(server.socketFolder, password),
    folder: cluster.folder,
    notice: cluster.notice,
    stop: () => (stopped ??= stop()),
  }
}

/** Stops a server that this process started but cannot use, unless another process has joined it. */
async function stopIfUnused(cluster: PreparedCluster, { address }: ProcessIdentity): Promise<void> {
  const server = await findRunningServer(cluster.folder)
  if (!server) return
  const connection = await joinServer(cluster, server, { role: 'command', address }, 0).catch(() => undefined)
  if (!connection || (await isLastProcess(connection.client).catch(() => true))) await stopServer(cluster.folder)
  if (connection) closeConnection(connection.client)
}

/** Rethrows an error unless the server is starting, stopping or out of connections, and so may be usable soon. */
function throwUnlessTemporary(error: unknown): undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  const codes = ['57P01', '57P02', '57P03', '53300', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']
  if (!codes.includes(code) && !/Connection terminated|timeout/.test(message)) throw error
}

/**
 * Waits before the next attempt to start the server, or throws if another attempt is useless.
 * @param output the log lines of a server that exited while it was starting
 */
async function pauseOrThrow(cluster: PreparedCluster, output: string): Promise<void> {
  if (isDiskFull(output)) throw diskFullError(cluster.folder)
  // Another process is starting or stopping the server, or processes of a killed server have not ended yet.
  if (!/lock file .* already exists|shared memory block/.test(output)) {
    throw startFailure(cluster, output, 'did not start')
  }
  await sleep(85)
}

function startFailure({ folder, log }: PreparedCluster, output: string, problem: string): StartError {
  const lines = output.split('\n').slice(-4).join(' | ')
  const hint = `fix what ${log} reports, or ${externalDatabaseHint}`
  return new StartError(`PostgreSQL on ${folder} ${problem}: ${hint}; its last lines: ${lines}`)
}
