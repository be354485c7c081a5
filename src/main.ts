import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, withPort, type Config } from './config/config.ts'
import { loadEnvironmentConfig } from './config/environmentConfig.ts'
import { readSecretKey } from './config/secretKeys.ts'
import { describeCurrentRequest } from './http/currentRequest.ts'
import { warnOfMail } from './mail/warnings.ts'
import { ProcessLog } from './processLog.ts'

const help = `npm start

Migrates the database, serves, and sends mail. Settings come from the environment or .env: see .env.example.`

if (process.argv.includes('--help')) {
  console.log(help)
  process.exit()
}

type Stoppable = { url: string; drain(): void; stop(): Promise<string[]> }

/** The milliseconds after the first signal in which another one has no effect. */
const repeatedSignal = 1000

let processLog = await ProcessLog.open({ production: process.env['NODE_ENV'] === 'production', logLevel: 'info' })
let service: Stoppable | undefined
/** The milliseconds for which requests are still served after a signal. A service that is not ready gets none. */
let shutdownDelay = 0
let exitCode = 0
let stopping = false
let signalledAt: number | undefined
const crashed = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handleSignal)
process.on('uncaughtException', handleCrash) // of a promise, too

try {
  const { config, warnings } = await loadEnvironmentConfig()
  const { production, logLevel, docs } = config
  processLog = await ProcessLog.open({ production, logLevel })
  if (production) processLog.redirectNodeWarnings()
  for (const warning of warnings) processLog.logWarning(warning)
  const secretKey = await readSecretKey(config)
  // Most modules are imported after the settings were checked, so that a wrong setting is reported at once.
  const { database, mail, passwords, url, transport } = await (config.workers > 1 ? startCluster : startAlone)(
    config,
    secretKey,
  )
  shutdownDelay = config.shutdownDelay * 1000
  const { baseUrl } = withPort(config, Number(new URL(url).port))
  if (!isStopping()) processLog.logStarted({ url, baseUrl, docs, database: database.label, mail, passwords })
  if (database.notice !== undefined) processLog.logNotice(database.notice)
  if (transport) void warnOfMail(transport, production, warn)
} catch (error) {
  if (!isStopping()) {
    if (error instanceof ConfigError)
      processLog = await ProcessLog.open({ production: error.production, logLevel: 'info' })
    processLog.logFailure(error)
    exitCode = 1
  }
  await stop({})
}

function warn(sentence: string): void {
  if (!isStopping()) processLog.logWarning(sentence)
}

/** Starts the service in this process. */
async function startAlone(config: Config, secretKey: string) {
  const { startService } = await import('./service.ts')
  const alone = await startService(config, secretKey, {
    log: processLog.log,
    onWaiting: (sentence) => {
      processLog.logWaiting(sentence)
    },
  })
  service = alone
  const { mail, ...started } = await alone.ready
  return { ...started, mail: mail.label, url: alone.url, transport: mail }
}

/** Starts the service in several processes, of which this one is the primary. */
async function startCluster(config: Config, secretKey: string) {
  const { startCluster: start } = await import('./cluster/primary.ts')
  const cluster = await start(config, secretKey, { log: processLog.log, onFailure: handleFailure })
  service = cluster
  // The serving process that runs the jobs prints the warnings about the mail server.
  return { ...(await cluster.ready), url: cluster.url, transport: undefined }
}

/** Logs the error that ends the service after its start, and stops without a delay. */
function handleFailure(error: unknown): void {
  processLog.logFailure(error)
  stopAfterError()
}

/** Returns whether the service is stopping. A signal may have come while a promise was awaited. */
function isStopping(): boolean {
  return stopping
}

/**
 * Stops in order at the first signal, and ends the process at once at the second. Ctrl-C reaches this process twice,
 * from the terminal and from npm, so a repetition within a second does not count.
 */
function handleSignal(signal: 'SIGINT' | 'SIGTERM'): void {
  const now = performance.now()
  if (signalledAt !== undefined && now - signalledAt > repeatedSignal) {
    const code = 128 + constants.signals[signal]
    processLog.logAbort(signal, code)
    process.exit(code)
  }
  signalledAt ??= now
  void stop({ signal })
}

/** Logs an error that no code handles. Its effects are unknown, so the process ends, in order but without a delay. */
function handleCrash(error: unknown): void {
  processLog.logCrash(error, describeCurrentRequest())
  stopAfterError()
}

function stopAfterError(): void {
  exitCode = 1
  crashed.abort()
  void stop({})
}

async function stop(reason: { signal?: string }): Promise<void> {
  if (stopping) return
  stopping = true
  if (service) processLog.logStopping(reason)
  service?.drain()
  await sleep(shutdownDelay, undefined, { signal: crashed.signal }).catch(() => undefined)
  const unfinished = (await service?.stop()) ?? []
  if (unfinished.length > 0) exitCode = 1
  if (service) processLog.logStopped(exitCode)
  process.exit(exitCode)
}
