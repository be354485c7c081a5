import Router from '@koa/router'
import { dispatch } from '../http/dispatch.ts'
import type { Perform } from '../http/mount.ts'
import type { AppMiddleware, AppState } from '../http/state.ts'
import { serveConfirmations } from './confirmations.ts'
import { serveDocs } from './docs.ts'
import { serveFile } from './files.ts'
import { serveProblems, type ProblemDescriptions } from './problems.ts'
import { serveRestore } from './restore.ts'

type Options = {
  /** The path of the base URL, with which links within the service begin. */
  basePath: string
  /** Whether /docs/ is served. Otherwise links to the documentation point to openapi.yaml. */
  docs: boolean
  problemDescriptions: ProblemDescriptions
}

/**
 * Serves the paths that are not in the contract: the documentation, and the pages of mailed links and problem codes.
 */
export function pages(perform: Perform, { basePath, docs, problemDescriptions }: Options): AppMiddleware {
  const router = new Router<AppState>({ sensitive: true, strict: true })
  const reference = `${basePath}${docs ? '/docs/' : '/openapi.yaml'}`
  router.get('/', (context) => {
    context.redirect(reference)
  })
  if (docs) serveDocs(router, basePath)
  router.get('/account/style.css', serveFile(new URL('./assets/style.css', import.meta.url)))
  serveConfirmations(router, perform)
  serveRestore(router, perform)
  serveProblems(router, problemDescriptions, reference)
  const routes = dispatch(router)
  return async (context, next) => {
    context.state.basePath = basePath
    await routes(context, next)
  }
}
