import Koa, { type Middleware } from 'koa'
import type { Logger } from 'pino'
import type { Config } from './config/config.ts'
import { loadOpenApi } from './openapi.ts'
import { CounterStore } from './db/counterStore.ts'
import { createDatabase, type Database } from './db/database.ts'
import { readMigrations } from './db/migrate.ts'
import { basePathOf } from './domain/basePath.ts'
import { Clock } from './domain/clock.ts'
import { Cursors } from './domain/cursors.ts'
import { Keyring } from './domain/keys/keyring.ts'
import { Limits } from './domain/limits/limits.ts'
import { listPool, Lists } from './domain/lists.ts'
import { Deliverability } from './domain/mails/deliverability.ts'
import { loadPasswordRules } from './domain/passwords/rules.ts'
import { PasswordHasher } from './domain/passwords/hasher.ts'
import { loadPrincipal, requireRoles } from './domain/sessions/principal.ts'
import { deriveSecrets } from './domain/keys/secrets.ts'
import { Tokens } from './domain/sessions/tokens.ts'
import { createClientReader } from './http/client.ts'
import { allowOrigins } from './http/cors.ts'
import { answerProblems } from './http/errors.ts'
import { setCommonHeaders, commonHeaders } from './http/headers.ts'
import { logRequests } from './http/requestLog.ts'
import { mountOperations } from './http/mount.ts'
import { refuseUndocumented } from './http/refuseUndocumented.ts'
import type { Services } from './operations/context.ts'
import { handlers } from './operations/index.ts'
import { explainBrokenLinks } from './pages/brokenLink.ts'
import { pages } from './pages/index.ts'
import { Problem } from './problems.ts'

const countersLost = 'the limits cannot be counted in the database: each instance counts on its own for now'
const keysNotRead = 'the signing keys cannot be read again: those that are known stay in use'

function warn(log: Logger, message: string): (error: unknown) => void {
  return (error) => {
    log.warn({ err: error }, message)
  }
}

/** Makes what the operations work with. The database is still to be opened, the keys to be loaded. */
export async function createServices(config: Config, secretKey: string, log: Logger): Promise<Services> {
  const { preparedStatements, jwtIssuer: issuer, jwtAudience: audience, accessTokenLifetime: accessLifetime } = config
  const secrets = deriveSecrets(secretKey, config.previousSecretKeys)
  const clock = new Clock()
  const counters = config.rateLimits
    ? new CounterStore({ preparedStatements, onError: warn(log, countersLost) })
    : undefined
  const keyring = new Keyring(secrets, clock, warn(log, keysNotRead))
  const database = { preparedStatements, onError: warn(log, 'database connection lost') }
  return {
    config,
    db: createDatabase(database),
    lists: new Lists(createDatabase(database, listPool)),
    passwords: new PasswordHasher((reason) => {
      log.error(`A stored password hash cannot be used, so its user cannot sign in: ${reason}.`)
    }),
    passwordRules: await loadPasswordRules(config),
    keyring,
    tokens: new Tokens({ keyring, secrets, clock, issuer, audience, accessLifetime }),
    cursors: new Cursors(
      secrets.cursors,
      secrets.previous.map(({ cursors }) => cursors),
    ),
    clock,
    counters,
    deliverability: new Deliverability(),
    limits: new Limits(config.limits, secrets.limits, counters),
    lifetimes: {
      idleLifetime: config.refreshTokenLifetime,
      absoluteLifetime: config.sessionLifetime,
      grace: config.refreshGrace,
    },
    latestMigration: Math.max(...(await readMigrations()).map(({ number }) => number)),
    contract: await loadOpenApi(),
  }
}

/** Opens the database for the services: pools, then keys. */
export async function openServices(services: Services, url: string): Promise<Database> {
  await Promise.all([services.db.open(url), services.lists.open(url)])
  await services.counters?.open(url)
  await services.keyring.load(services.db)
  return services.db
}

export async function createApp(services: Services, log: Logger): Promise<Koa> {
  const { config } = services
  const basePath = basePathOf(config.baseUrl)
  const { api, checkReply } = await loadOpenApi()
  const readClient = createClientReader({
    trustedProxies: config.trustedProxies,
    fallbackOrigin: new URL(config.baseUrl).origin,
    basePath,
    onUntrusted: (peer) => {
      log.warn(`${peer} forwards for others but is not in TRUSTED_PROXIES: all of its clients count as one.`)
    },
    onBoth: (peer) => {
      log.warn(
        `${peer} sends Forwarded and X-Forwarded-*: X-Forwarded-* counts. Let the proxy set one and remove the other.`,
      )
    },
  })
  const { routes, perform } = mountOperations({
    api,
    handlers,
    services,
    verify: (bearer) => services.tokens.verifyAccess(bearer),
    authenticate: (claims) => loadPrincipal(services.db, claims),
    authorize: requireRoles,
    readClient,
  })

  const app = new Koa({ env: config.production ? 'production' : 'development' })
  app.use(logRequests(log))
  app.use(setCommonHeaders(commonHeaders(config.baseUrl, config.hstsIncludeSubdomains)))
  if (config.corsOrigins.length > 0) app.use(allowOrigins(config.corsOrigins))
  if (!config.production) app.use(checkedReplies())
  app.use(answerProblems(logProblem))
  app.use(explainBrokenLinks(basePath))
  app.use(routes)
  app.use(pages(perform, basePath))
  app.use(() => {
    throw new Problem('not_found')
  })
  app.on('error', (error: Error, context: Koa.Context) => {
    if (context.state['brokeOff']) return // Koa tells it of the stream and of the connection
    context.state['brokeOff'] = true
    if (error instanceof Problem) logProblem(error, error, String(context.state['requestId']), 'the answer broke off')
    else log.debug({ err: error }, 'the answer did not reach its client')
  })
  return app

  function checkedReplies(): Middleware {
    const check = refuseUndocumented(checkReply)
    const answer = answerProblems(logProblem)
    return async (context, next) => {
      await answer(context, async () => {
        await check(context, next)
      })
    }
  }

  function logProblem(error: unknown, problem: Problem, requestId: string, message = problem.title): void {
    const reason = { request_id: requestId, code: problem.code, err: error instanceof Problem ? problem.cause : error }
    const level = problem.code === 'internal' ? 'error' : problem.code === 'unavailable' ? 'warn' : 'debug'
    log[level](reason, message)
  }
}
