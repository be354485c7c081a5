import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../problems.ts'
import { diskFull, diskFullError, toStartError, hint } from './errors.ts'
import { type PreparedCluster, prepareCluster } from './prepareCluster.ts'
import { isLastUser } from './lastUser.ts'
import { type Postmaster, readPostmaster } from './postmaster.ts'
import { readLog, startServer, stopServer } from './server.ts'
import { type Joined, type Role, type Visitor, leave, renewPassword } from './connection.ts'
import { holdSession, joinServer } from './session.ts'
import { socketUrl } from './socket.ts'

export type EmbeddedDatabase = {
  url: string
  /** The cluster's real folder. */
  folder: string
  /** One sentence worth telling at start. */
  notice: string | undefined
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  /** A service is alone on its DATA_DIR and stops the server; a command shares it and stops it only as its last user. */
  role?: Role
  /** PostgreSQL settings; of no effect on a server that runs already. */
  parameters?: Record<string, string>
  /** Where this service listens, to be named to a second one. */
  address?: string
}

const patience = 60_000

/** Starts, or adopts, the PostgreSQL of `${dataDir}/postgres`. @throws StartError */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  try {
    const { role = 'service', parameters = {}, address = '' } = options
    const place = await prepareCluster(dataDir, parameters.fsync !== 'off')
    return await enter(place, { role, address }, parameters)
  } catch (error) {
    throw toStartError(error, dataDir)
  }
}

/** Others may start and stop the same server meanwhile: look again after each step, until we are in. */
async function enter(
  place: PreparedCluster,
  visitor: Visitor,
  parameters: Record<string, string>,
): Promise<EmbeddedDatabase> {
  const deadline = Date.now() + patience
  let started = false
  try {
    for (let tries = 0; Date.now() < deadline; tries++) {
      if (tries > 0) await sleep(15)
      let running = await readPostmaster(place.folder)
      if (!running) {
        const outcome = await startServer(place, parameters, deadline)
        started ||= outcome.state === 'ready'
        if (outcome.state === 'refused') await pauseOrThrow(place, outcome.words)
        if (outcome.state !== 'ready') continue
        running = outcome.server
        if (visitor.role === 'service') await renewPassword(place, running, visitor).catch(unlessPassing)
      }
      if (running.status !== 'ready') continue
      const joined = await joinServer(place, running, visitor, deadline).catch(unlessPassing)
      if (joined) return use(place, visitor, joined, running)
    }
    throw refusalError(place, await readLog(place.log), `was not ready within ${patience / 1000} s`)
  } catch (error) {
    if (started) await withdraw(place, visitor)
    throw error
  }
}

function use(
  place: PreparedCluster,
  visitor: Visitor,
  { client, password }: Joined,
  server: Postmaster,
): EmbeddedDatabase {
  const session = holdSession(client, () => joinServer(place, server, visitor, 0))
  const end = async () => {
    const held = session.end()
    // The last one out stops the server even if it found it running: whoever started it has left or was killed.
    const stops = visitor.role === 'service' || (held !== undefined && (await isLastUser(held).catch(() => false)))
    if (stops) await stopServer(place.folder)
    if (held) leave(held)
  }
  let ended: Promise<void> | undefined
  return {
    url: socketUrl(server.socketFolder, password),
    folder: place.folder,
    notice: place.notice,
    stop: () => (ended ??= end()),
  }
}

/** We started the server and cannot go on: it stops unless somebody joined it meanwhile. */
async function withdraw(place: PreparedCluster, { address }: Visitor): Promise<void> {
  const running = await readPostmaster(place.folder)
  if (!running) return
  const client = (await joinServer(place, running, { role: 'command', address }, 0).catch(() => undefined))?.client
  if (!client || (await isLastUser(client).catch(() => true))) await stopServer(place.folder)
  if (client) leave(client)
}

/** A server that goes down or comes up, or is out of connections, is no fault yet. */
function unlessPassing(error: unknown): undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  const passing = ['57P01', '57P02', '57P03', '53300', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)
  if (!passing && !/Connection terminated|timeout/.test(message)) throw error
}

async function pauseOrThrow(place: PreparedCluster, words: string): Promise<void> {
  if (diskFull(words)) throw diskFullError(place.folder)
  // Somebody else is starting or stopping it, or the processes of a killed one are still going.
  if (!/lock file .* already exists|shared memory block/.test(words)) throw refusalError(place, words, 'did not start')
  await sleep(85)
}

function refusalError({ folder, log }: PreparedCluster, words: string, what: string): StartError {
  const last = words.split('\n').slice(-4).join(' | ')
  return new StartError(`PostgreSQL on ${folder} ${what}: mend what ${log} tells, or ${hint}; its last lines: ${last}`)
}
