import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { StartError } from '../problems.ts'
import { diskFull, diskFullError, toStartError, wayOut } from './embedded/faults.ts'
import { type Place, preparePlace } from './embedded/place.ts'
import { isLast } from './embedded/last.ts'
import { saveRecord } from './embedded/record.ts'
import { readLog, readPostmaster, startServer, stopServer } from './embedded/server.ts'
import { type Role, type Visitor, holdSession, joinServer, leave } from './embedded/session.ts'

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
    const place = await preparePlace(dataDir, parameters.fsync !== 'off')
    return await enter(place, { role, address }, parameters)
  } catch (error) {
    throw toStartError(error, dataDir)
  }
}

/** Others may start and stop the same server meanwhile: look again after each step, until we are in. */
async function enter(place: Place, visitor: Visitor, parameters: Record<string, string>): Promise<EmbeddedDatabase> {
  const deadline = Date.now() + patience
  let started = false
  try {
    for (let tries = 0, refusals = 0; Date.now() < deadline; tries++) {
      if (tries > 0) await sleep(15)
      let running = await readPostmaster(place.folder)
      if (!running) {
        const outcome = await startServer(place, parameters, deadline)
        started ||= outcome.state === 'ready'
        if (outcome.state === 'refused') await pauseOrThrow(place, outcome.words, ++refusals)
        if (outcome.state !== 'ready') continue
        await saveRecord(place.dataDir, { port: outcome.port, password: place.password })
        running = { pid: 0, port: outcome.port, status: 'ready' }
      }
      if (running.status !== 'ready') continue
      const client = await joinServer(place, running.port, visitor, deadline).catch(unlessPassing)
      if (client) return use(place, visitor, client, running.port)
    }
    throw refusalError(place, await readLog(place.log), `was not ready within ${patience / 1000} s`)
  } catch (error) {
    if (started) await withdraw(place, visitor)
    throw error
  }
}

function use(place: Place, visitor: Visitor, client: Client, port: number): EmbeddedDatabase {
  const session = holdSession(client, () => joinServer(place, port, visitor, 0))
  const end = async () => {
    const held = session.end()
    // The last one out stops the server even if it found it running: whoever started it has left or was killed.
    const stops = visitor.role === 'service' || (held !== undefined && (await isLast(held).catch(() => false)))
    if (stops) await stopServer(place.folder)
    if (held) leave(held)
  }
  let ended: Promise<void> | undefined
  return {
    url: `postgres://gatehouse:${place.password}@127.0.0.1:${port}/gatehouse`,
    folder: place.folder,
    notice: place.notice,
    stop: () => (ended ??= end()),
  }
}

/** We started the server and cannot go on: it stops unless somebody joined it meanwhile. */
async function withdraw(place: Place, { address }: Visitor): Promise<void> {
  const running = await readPostmaster(place.folder)
  if (!running) return
  const client = await joinServer(place, running.port, { role: 'command', address }, 0).catch(() => undefined)
  if (!client || (await isLast(client).catch(() => true))) await stopServer(place.folder)
  if (client) leave(client)
}

/** A server that goes down or comes up, or is out of connections, is no fault yet. */
function unlessPassing(error: unknown): undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  const passing = ['57P01', '57P02', '57P03', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)
  if (!passing && !/Connection terminated|timeout/.test(message)) throw error
}

async function pauseOrThrow(place: Place, words: string, refusals: number): Promise<void> {
  if (diskFull(words)) throw diskFullError(place.folder)
  // Somebody else is starting or stopping it, or the processes of a killed one are still going.
  if (/lock file .* already exists|shared memory block/.test(words)) await sleep(85)
  // The port was free a moment ago.
  else if (!/could not create any TCP\/IP sockets/.test(words) || refusals > 9)
    throw refusalError(place, words, 'did not start')
}

function refusalError({ folder, log }: Place, words: string, what: string): StartError {
  const last = words.split('\n').slice(-4).join(' | ')
  return new StartError(
    `PostgreSQL on ${folder} ${what}: mend what ${log} tells, or ${wayOut}; its last lines: ${last}`,
  )
}
