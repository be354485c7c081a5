/** A throw-away service for the tests of a product. The code of the service does not depend on the sandbox. */
import { rm } from 'node:fs/promises'
import { loadConfig, type Config } from '../config/config.ts'
import { requireReadiness } from '../domain/keys/readiness.ts'
import { createLog } from '../log.ts'
import { StartError } from '../problems.ts'
import type { Service } from '../service.ts'
import { withControls, type Controls } from './control.ts'
import { Mailbox } from './mailbox.ts'
import { makeFolder, removeAbandoned } from './folder.ts'
import { LocalHashQueue } from '../domain/passwords/hashQueue.ts'
import { quickHashing } from './quickHashing.ts'
import { createSandboxDatabase, type SandboxDatabase } from './sandboxDatabase.ts'

export type Sandbox = { url: string; users: number; folder: string; stop(): Promise<void> }
type Environment = Record<string, string | undefined>
type Part = () => Promise<unknown>

const host = '127.0.0.1'
// This key is public. It decrypts the signing key in sql/sandbox/signingKey.sql.
const secretKey = 'the secret key of every Gatehouse sandbox, which protects nothing'

/**
 * Starts a sandbox, and returns when it is ready.
 * @param environment the settings; .env is not read, because it belongs to another service
 * @param usersFile a file with users in YAML or JSON
 * @throws StartError with NODE_ENV=production, for another HOST than 127.0.0.1, and for a file with errors
 */
export async function startSandbox(environment: Environment, usersFile?: string): Promise<Sandbox> {
  refuseProduction(environment)
  await removeAbandoned()
  const parts: Part[] = []
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part()
  }
  try {
    const dataDir = await makeFolder()
    parts.push(() => rm(dataDir, { recursive: true, force: true }))
    const { config: given } = loadConfig({ ...environment, DATA_DIR: dataDir })
    const creation = createSandboxDatabase(dataDir, given.database)
    parts.push(() => creation.then((database) => database.remove()).catch(() => undefined))
    // The modules and the users are loaded while the database is created, which takes most of the time.
    const [{ startService }, { createUsers, readFixture }] = await Promise.all([
      import('../service.ts'),
      import('./fixture.ts'),
    ])
    const fixture = usersFile === undefined ? [] : await readFixture(usersFile)
    const database = await creation
    const opened = Promise.withResolvers<Controls>()
    const service = await startService(readSettings(environment, dataDir, database.url), secretKey, {
      log: createLog('warn'),
      onWaiting: (sentence) => {
        console.error(sentence)
      },
      hashQueue: new LocalHashQueue(quickHashing),
      // Requests below /sandbox/ wait until the users exist.
      wrap: (application) => withControls(application, opened.promise),
    })
    parts.push(() => service.stop())
    await service.ready
    await createUsers(fixture, service.services)
    await database.run('snapshot')
    opened.resolve(createControls(service, dataDir, database))
    return { url: service.url, users: fixture.length, folder: dataDir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function refuseProduction({ NODE_ENV, HOST = '' }: Environment): void {
  if (NODE_ENV === 'production')
    throw new StartError('A sandbox never runs in production: unset NODE_ENV, or run gatehouse start.')
  if (HOST !== '' && HOST !== host)
    throw new StartError(`A sandbox listens on ${host} only, and HOST is ${HOST}: unset HOST.`)
}

function readSettings(environment: Environment, dataDir: string, databaseUrl: string): Config {
  const { config } = loadConfig({
    RATE_LIMITS: 'off',
    ...environment,
    NODE_ENV: '',
    HOST: host,
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    DATABASE_URL_FILE: '',
    EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend',
    SECRET_KEY: secretKey,
    SECRET_KEY_FILE: '',
    SECRET_KEY_PREVIOUS: '',
    SECRET_KEY_PREVIOUS_FILE: '',
  })
  return config
}

function createControls({ services }: Service, dataDir: string, database: SandboxDatabase): Controls {
  const mailbox = new Mailbox(dataDir, async () => {
    const [row] = await database.run<{ queued: number }>('countQueuedMails')
    return row?.queued ?? 0
  })
  let ahead = 0
  return {
    mailbox,
    now: () => services.clock.now() * 1000,
    async moveForward(seconds) {
      ahead += seconds
      await database.run('moveClock', [ahead])
      await requireReadiness(services) // also corrects the clock by which tokens are verified
    },
    async reset() {
      await database.run('reset')
      ahead = 0
      await mailbox.clear()
      await requireReadiness(services)
    },
  }
}
