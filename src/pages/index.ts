import Router from '@koa/router'
import { dispatch } from '../http/dispatch.ts'
import type { Perform } from '../http/mount.ts'
import type { AppMiddleware, AppState } from '../http/state.ts'
import { serveAccount } from './account.ts'
import { serveBrand } from './brand.ts'
import { serveDocs } from './docs.ts'
import { serveFile } from './files.ts'
import { serveLinks } from './links.ts'
import { serveProblems, type ProblemDescriptions } from './problems.ts'
import type { Site } from './site.ts'

type Options = {
  /** Whether /docs/ is served. Otherwise links to the documentation point to openapi.yaml. */
  docs: boolean
  problemDescriptions: ProblemDescriptions
}

/**
 * Serves the paths that are not in the contract: the documentation, and the pages of mailed links and problem codes.
 */
export function pages(perform: Perform, site: Site, { docs, problemDescriptions }: Options): AppMiddleware {
  const { basePath, productUrl } = site
  const router = new Router<AppState>({ sensitive: true, strict: true })
  const reference = `${basePath}${docs ? '/docs/' : '/openapi.yaml'}`
  router.get('/', (context) => {
    context.redirect(productUrl ?? reference)
  })
  if (docs) serveDocs(router, basePath)
  router.get('/account/style.css', serveFile(new URL('./assets/style.css', import.meta.url)))
  serveBrand(router, site)
  serveLinks(router, perform, site)
  serveAccount(router, site)
  // Password managers open this path (https://w3c.github.io/webappsec-change-password-url/).
  router.get('/.well-known/change-password', (context) => {
    context.redirect(`${basePath}/account/password/`)
  })
  serveProblems(router, site, problemDescriptions, reference)
  return dispatch(router)
}
