/**
 * The script of a serving process. The primary forks it, and sends it all that it needs: it reads no settings. It ends
 * when the primary ends, because node:cluster ends a process whose channel to the primary has closed.
 */
import type { ConnectedDatabase } from '../db/connectDatabase.ts'
import { describeCurrentRequest } from '../http/currentRequest.ts'
import { warnOfMail } from '../mail/warnings.ts'
import { ProcessLog } from '../processLog.ts'
import { StartError } from '../problems.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { startService, type Service } from '../service.ts'
import type { StartMessage, ToPrimary, ToServingProcess } from './messages.ts'
import { RemoteHashQueue } from './remoteHashQueue.ts'

/** The milliseconds in which all parts must stop. The primary waits for a second more. */
const stopTimeout = 19_000

let processLog = await ProcessLog.open({ production: process.env['NODE_ENV'] === 'production', logLevel: 'info' })
let service: Service | undefined
let metrics: Metrics | undefined
let stopping = false
const database = Promise.withResolvers<ConnectedDatabase>()
database.promise.catch(() => undefined) // The service may not wait for it yet.
const hashQueue = new RemoteHashQueue(send)

// A terminal and systemd send their signals to this process, too. The primary says when to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('uncaughtException', handleCrash) // of a promise, too
process.on('message', (message: ToServingProcess) => {
  if (message.type === 'start') void start(message)
  else if (message.type === 'database')
    database.resolve({ ...message.database, stop: () => Promise.resolve() }) // the primary stops the database
  else if (message.type === 'hashed') hashQueue.settle(message)
  else if (message.type === 'readMetrics') void sendMetrics()
  else if (message.type === 'drain') service?.drain()
  else void stop(0)
})

async function start({ config, secretKey, runsJobs, listensAtOnce }: StartMessage): Promise<void> {
  const { production, logLevel } = config
  processLog = await ProcessLog.open({ production, logLevel })
  if (production) processLog.redirectNodeWarnings()
  try {
    service = await startService(config, secretKey, {
      log: processLog.log,
      onWaiting: (sentence) => {
        processLog.logWaiting(sentence)
      },
      hashQueue,
      cluster: { runsJobs, listensAtOnce, database: database.promise, serveMetrics },
    })
    const { mail, passwords } = await service.ready
    send({ type: 'ready', started: { mail: mail.label, passwords } })
    if (runsJobs) await warnOfMail(mail, production, warn)
  } catch (error) {
    if (stopping) return
    await new Promise((resolve) => {
      send({ type: 'failed', error, isExplained: error instanceof StartError }, resolve)
    })
    await stop(1)
  }
}

function warn(sentence: string): void {
  if (!stopping) processLog.logWarning(sentence)
}

function serveMetrics(own: Metrics): { stop: () => void } {
  metrics = own
  return { stop: () => undefined }
}

async function sendMetrics(): Promise<void> {
  send({ type: 'metrics', metrics: (await metrics?.readObjects()) ?? [] })
}

/** Sends a message. The primary may just have ended, so an error is ignored. */
function send(message: ToPrimary, onSent: (error: Error | null) => void = () => undefined): void {
  process.send?.(message, undefined, undefined, onSent)
}

/** Logs an error that no code handles. Its effects are unknown, so the process ends, and the primary replaces it. */
function handleCrash(error: unknown): void {
  processLog.logCrash(error, describeCurrentRequest())
  void stop(1)
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  database.reject(new Error('the service stops'))
  const unfinished = (await service?.stop(stopTimeout)) ?? []
  process.exit(unfinished.length > 0 ? 1 : code)
}
