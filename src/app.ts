import Koa from 'koa'
import type { Logger } from 'pino'
import { loadOpenApi } from './openapi.ts'
import { basePathOf } from './domain/basePath.ts'
import { readCodeState } from './domain/mails/codeState.ts'
import { createPrincipalLoader, requireRoles } from './domain/sessions/principal.ts'
import { createClientReader } from './http/client.ts'
import { allowOrigins, reportOrigins } from './http/cors.ts'
import { answerProblems } from './http/errors.ts'
import { setCommonHeaders, commonHeaders } from './http/headers.ts'
import { identifyRequests } from './http/identify.ts'
import { logRequests } from './http/requestLog.ts'
import { mountOperations } from './http/mount.ts'
import { checkReplies } from './http/replyCheck.ts'
import type { AppContext, AppMiddleware, AppState } from './http/state.ts'
import { serviceName } from './mail/templateValues.ts'
import type { Services } from './operations/context.ts'
import { handlers } from './operations/index.ts'
import { deleteCookie } from './operations/refreshCookie.ts'
import { explainBrokenLinks } from './pages/brokenLink.ts'
import { pages } from './pages/index.ts'
import { answerProblemPage } from './pages/problemPage.ts'
import type { Site } from './pages/site.ts'
import { readPagesDir } from './pagesDir.ts'
import { Problem } from './problems.ts'
import { version } from './version.ts'

/**
 * Makes the application.
 * @param observers middleware that sees every request after its id and before its reply, for metrics and traces
 * @param pagesDir the content of PAGES_DIR, if it was read already
 */
export async function createApp(
  services: Services,
  log: Logger,
  observers: readonly AppMiddleware[] = [],
  pagesDir = readPagesDir(services.config.pagesDir),
): Promise<Koa<AppState>> {
  const { config } = services
  const basePath = basePathOf(config.baseUrl)
  const { api, checkReply, problemDescriptions } = await loadOpenApi()
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
  const allowedOrigins = new Set([new URL(config.baseUrl).origin, ...config.corsOrigins])
  const { routes, perform } = mountOperations({
    api,
    handlers,
    services,
    allowedOrigins,
    deleteCookies: () => deleteCookie(config).headers,
    authentication: {
      verify: (accessToken) => services.tokens.verifyAccess(accessToken),
      authenticate: createPrincipalLoader(services.db),
      authorize: requireRoles,
    },
  })
  const site: Site = {
    basePath,
    origin: new URL(config.baseUrl).origin,
    productName: config.productName ?? serviceName(config.baseUrl),
    productUrl: config.productUrl,
    termsUrl: config.termsUrl,
    privacyUrl: config.privacyUrl,
    ...pagesDir,
    passwordMinLength: config.passwordMinLength,
    returnOrigins: [...(config.productUrl ? [new URL(config.productUrl).origin] : []), ...config.corsOrigins],
    readCodeState: (purpose, code) => readCodeState(services.db, purpose, code),
  }
  const showProblem = (context: AppContext, problem: Problem) => answerProblemPage(context, site, problem)

  const app = new Koa<AppState>({ env: config.production ? 'production' : 'development' })
  app.use(identifyRequests(readClient))
  for (const observer of observers) app.use(observer)
  app.use(logRequests(log))
  app.use(setCommonHeaders(commonHeaders(config.baseUrl, config.hstsIncludeSubdomains)))
  app.use(
    reportOrigins(allowedOrigins, (origin) => {
      log.warn(
        `A page of ${origin} calls the service, but this origin is not in CORS_ORIGINS: its scripts get no reply.`,
      )
    }),
  )
  if (config.corsOrigins.length > 0) app.use(allowOrigins(config.corsOrigins))
  if (!config.production) {
    // checkReplies reads every reply, including those that the inner answerProblems makes. This outer answerProblems
    // answers the Problem that checkReplies throws.
    app.use(answerProblems(config.baseUrl, logCause, showProblem))
    app.use(checkReplies(checkReply))
  }
  app.use(answerProblems(config.baseUrl, logCause, showProblem))
  app.use(explainBrokenLinks(basePath))
  app.use(routes)
  if (!config.production) {
    const { serveMails } = await import('./pages/mails.ts')
    app.use(serveMails(config))
    const { serveStart } = await import('./pages/start.ts')
    app.use(serveStart({ ...config, basePath, version }))
  }
  app.use(pages(perform, site, { docs: config.docs, problemDescriptions }))
  app.use(() => {
    throw new Problem('not_found')
  })
  app.on('error', (error: Error, { state }: AppContext) => {
    if (state.brokeOff) return
    state.brokeOff = true
    if (error instanceof Problem) logProblem(error, error, state.requestId, 'the answer broke off')
    else log.debug({ err: error }, 'the answer did not reach its client')
  })
  return app

  /** Logs the error behind a problem. The reason that our own code gives is in the line of the request. */
  function logCause(error: unknown, problem: Problem, requestId: string): void {
    if (problem.code === 'internal') logProblem(error, problem, requestId)
    else if (problem.cause instanceof Error) log.debug({ request_id: requestId, err: problem.cause }, problem.title)
  }

  function logProblem(error: unknown, problem: Problem, requestId: string, message = problem.title): void {
    const reason = { request_id: requestId, code: problem.code, err: error instanceof Problem ? problem.cause : error }
    const level = problem.code === 'internal' ? 'error' : problem.code === 'unavailable' ? 'warn' : 'debug'
    log[level](reason, message)
  }
}
