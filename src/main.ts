import { createLog } from './log.ts'
import type { Transport } from './mail/transport.ts'
import { loadEnvironmentConfig } from './config/environmentConfig.ts'
import { readOrCreateDevelopmentKey } from './config/developmentKey.ts'
import { startService, type Service } from './service.ts'
import { printError } from './cli/printError.ts'

const help = `npm start

Migrates the database, serves, and sends mail. Settings come from the environment or .env: see .env.example.`

if (process.argv.includes('--help')) {
  console.log(help)
  process.exit()
}

let service: Service | undefined
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0))

try {
  const { config, warnings } = await loadEnvironmentConfig()
  for (const warning of warnings) console.warn(`Warning: ${warning}`)
  const secretKey = config.secretKey ?? (await readOrCreateDevelopmentKey(config.dataDir))
  const onWaiting = (sentence: string) => {
    console.error(`${sentence} Trying again every second; until then requests get 503.`)
  }
  service = await startService(config, secretKey, {
    log: createLog(config.logLevel),
    onWaiting,
  })
  const { database, mail } = await service.ready
  console.log(`Gatehouse  ${service.url}`)
  console.log(`Docs       ${service.url}/docs/`)
  console.log(`Database   ${database.label}`)
  console.log(`Mail       ${mail.label}`)
  console.log(`Passwords  ${service.services.passwordRules.blockList?.label ?? 'no block list'}`)
  if (database.notice !== undefined) console.warn(database.notice)
  void warnOfMail(mail, config.production)
} catch (error) {
  if (!isStopping()) printError(error)
  await stop(1)
}

/**
 * Prints warnings about the mail server. The start does not wait for this function, because a mail server may answer
 * late.
 */
async function warnOfMail(mail: Transport, production: boolean): Promise<void> {
  const warnings = [production ? await mail.findProblem() : undefined, await mail.findLimitation()]
  for (const warning of warnings) if (warning !== undefined && !isStopping()) console.warn(`Warning: ${warning}`)
}

/** Returns whether the service is stopping. A signal may have come while a promise was awaited. */
function isStopping(): boolean {
  return stopping
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  await service?.stop()
  process.exit(code)
}
