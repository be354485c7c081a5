import Router from '@koa/router'
import { dispatch } from '../http/dispatch.ts'
import type { Perform } from '../http/mount.ts'
import type { AppMiddleware, AppState } from '../http/state.ts'
import { serveConfirmations } from './confirmations.ts'
import { serveDocs } from './docs.ts'
import { serveFile } from './files.ts'
import { serveRestore } from './restore.ts'

/**
 * Serves the paths that are not in the contract: its documentation, and the pages of mailed links.
 * @param basePath the path of the base URL, with which links within the service begin
 */
export function pages(perform: Perform, basePath: string): AppMiddleware {
  const router = new Router<AppState>({ sensitive: true, strict: true })
  router.get('/', (context) => {
    context.redirect(`${basePath}/docs/`)
  })
  serveDocs(router, basePath)
  router.get('/account/style.css', serveFile(new URL('./assets/style.css', import.meta.url)))
  serveConfirmations(router, perform)
  serveRestore(router, perform)
  const routes = dispatch(router)
  return async (context, next) => {
    context.state.basePath = basePath
    await routes(context, next)
  }
}
