import type { Logger } from 'pino'
import type { Interceptor } from 'slonik'
import type { Config } from './config/config.ts'
import { CounterStore, counterPoolSize } from './db/counterStore.ts'
import { createDatabase, requestPool, type DatabaseHandle } from './db/database.ts'
import { readMigrations } from './db/migrate.ts'
import { poolShare } from './db/poolShare.ts'
import { Clock } from './domain/clock.ts'
import { Cursors } from './domain/cursors.ts'
import { Keyring } from './domain/keys/keyring.ts'
import { deriveSecrets } from './domain/keys/secrets.ts'
import { Limits } from './domain/limits/limits.ts'
import { listPool, Lists } from './domain/lists.ts'
import { Deliverability } from './domain/mails/deliverability.ts'
import { PasswordHasher } from './domain/passwords/hasher.ts'
import type { HashQueue } from './domain/passwords/hashQueue.ts'
import { loadPasswordRules } from './domain/passwords/rules.ts'
import { Tokens } from './domain/sessions/tokens.ts'
import { loadOpenApi } from './openapi.ts'
import type { Services } from './operations/context.ts'

export type ServicesHandle = {
  services: Services
  /** Aborts `services.stopping`. */
  stopping: AbortController
  /** Connects to the database and loads the keys. Until then every SQL statement throws Problem unavailable. */
  open(databaseUrl: string): Promise<void>
  /** Closes the connections to the database. */
  close(): Promise<void>
  /** The two pools of connections: for requests and jobs, and for lists and other slow reading. */
  databases: Record<'requests' | 'lists', DatabaseHandle>
}

/**
 * Makes the services that operations use. The services exist before the database is reached, so that the HTTP server
 * can answer 503 in the meantime. The caller must stop `services.passwords`.
 * @param hashQueue hashes passwords in place of a hashing process of this process
 * @param interceptors see every statement, for traces
 */
export async function createServices(
  config: Config,
  secretKey: string,
  log: Logger,
  hashQueue?: HashQueue,
  interceptors: readonly Interceptor[] = [],
): Promise<ServicesHandle> {
  const { preparedStatements, jwtIssuer: issuer, jwtAudience: audience, accessTokenLifetime: accessLifetime } = config
  const warn = (message: string) => (error: unknown) => {
    log.warn({ err: error }, message)
  }
  const secrets = deriveSecrets(secretKey, config.previousSecretKeys)
  const clock = new Clock()
  const keyring = new Keyring(
    secrets,
    clock,
    warn('the signing keys cannot be read again: those that are known stay in use'),
  )
  const share = (size: number) => poolShare(size, config.workers)
  const options = { preparedStatements, interceptors, onError: warn('database connection lost') }
  const db = createDatabase(options, { ...requestPool, maxPoolSize: share(requestPool.maxPoolSize) })
  const listDb = createDatabase(options, { ...listPool, maxPoolSize: share(listPool.maxPoolSize) })
  const onCounterError = warn('the limits cannot be counted in the database: each instance counts on its own for now')
  const counterOptions = { preparedStatements, connections: share(counterPoolSize), onError: onCounterError }
  const counterStore = config.rateLimits ? new CounterStore(counterOptions) : undefined
  const { yaml, json } = await loadOpenApi()
  const stopping = new AbortController()
  const services: Services = {
    config,
    db,
    lists: new Lists(listDb),
    passwords: new PasswordHasher((reason) => {
      log.error(`A stored password hash cannot be used, so its user cannot sign in: ${reason}.`)
    }, hashQueue),
    passwordRules: await loadPasswordRules(config),
    keyring,
    tokens: new Tokens({ keyring, secrets, clock, issuer, audience, accessLifetime }),
    cursors: new Cursors(
      secrets.cursors,
      secrets.previous.map(({ cursors }) => cursors),
    ),
    clock,
    deliverability: new Deliverability(),
    idempotencySecret: secrets.idempotencyKeys,
    limits: new Limits(config.limits, secrets.limits, counterStore),
    lifetimes: {
      idleLifetime: config.refreshTokenLifetime,
      absoluteLifetime: config.sessionLifetime,
      grace: config.refreshGrace,
    },
    latestMigration: Math.max(...(await readMigrations()).map(({ number }) => number)),
    contractFiles: { yaml, json },
    stopping: stopping.signal,
  }
  return {
    services,
    stopping,
    async open(databaseUrl) {
      await db.open(databaseUrl)
      await listDb.open(databaseUrl)
      await counterStore?.open(databaseUrl)
      await keyring.load(db)
    },
    databases: { requests: db, lists: listDb },
    async close() {
      await Promise.all([db.close(), listDb.close(), counterStore?.close()])
    },
  }
}
