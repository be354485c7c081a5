import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from './config/config.ts'
import { loadEnvironmentConfig } from './config/environmentConfig.ts'
import { readSecretKey } from './config/secretKeys.ts'
import { describeCurrentRequest } from './http/currentRequest.ts'
import type { Transport } from './mail/transport.ts'
import { ProcessLog } from './processLog.ts'
import type { Service } from './service.ts'

const help = `npm start

Migrates the database, serves, and sends mail. Settings come from the environment or .env: see .env.example.`

if (process.argv.includes('--help')) {
  console.log(help)
  process.exit()
}

/** The milliseconds after the first signal in which another one has no effect. */
const repeatedSignal = 1000

let processLog = await ProcessLog.open({ production: process.env['NODE_ENV'] === 'production', logLevel: 'info' })
let service: Service | undefined
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
  if (production) redirectNodeWarnings()
  for (const warning of warnings) processLog.logWarning(warning)
  const secretKey = await readSecretKey(config)
  // Most modules are imported after the settings were checked, so that a wrong setting is reported at once.
  const { startService } = await import('./service.ts')
  service = await startService(config, secretKey, {
    log: processLog.log,
    onWaiting: (sentence) => {
      processLog.logWaiting(sentence)
    },
  })
  const { database, mail } = await service.ready
  shutdownDelay = config.shutdownDelay * 1000
  const passwords = service.services.passwordRules.blockList?.label ?? 'no block list'
  if (!isStopping())
    processLog.logStarted({ url: service.url, docs, database: database.label, mail: mail.label, passwords })
  if (database.notice !== undefined) processLog.logNotice(database.notice)
  void warnOfMail(mail, production)
} catch (error) {
  if (!isStopping()) {
    if (error instanceof ConfigError)
      processLog = await ProcessLog.open({ production: error.production, logLevel: 'info' })
    processLog.logFailure(error)
    exitCode = 1
  }
  await stop({})
}

/** Makes the warnings of Node, such as those of deprecated functions, lines of the log. */
function redirectNodeWarnings(): void {
  process.removeAllListeners('warning') // Node's own listener prints text
  process.on('warning', (warning) => {
    processLog.logNodeWarning(warning)
  })
}

/**
 * Prints warnings about the mail server. The start does not wait for this function, because a mail server may answer
 * late.
 */
async function warnOfMail(mail: Transport, production: boolean): Promise<void> {
  const warnings = [production ? await mail.findProblem() : undefined, await mail.findLimitation()]
  for (const warning of warnings) if (warning !== undefined && !isStopping()) processLog.logWarning(warning)
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
