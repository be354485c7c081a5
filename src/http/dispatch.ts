import type Router from '@koa/router'
import { Problem } from '../problems.ts'
import { canonicalPath } from './canonicalPath.ts'
import type { AppMiddleware, AppState } from './state.ts'

/** The longest request target, in bytes (security 69). */
export const maxTarget = 8 * 1024

/**
 * Routes a request by its canonical path. A known path with another method is answered by 405 with Allow. For an
 * unknown path, `next` runs.
 */
export function dispatch(router: Router<AppState>): AppMiddleware {
  return async (context, next) => {
    const target = context.req.url ?? '/'
    if (target.length > maxTarget) throw new Problem('uri_too_long')
    context.path = canonicalPath(target)
    const { path, pathAndMethod } = router.match(context.path, context.method)
    if (path.length === 0) return next() as Promise<void>
    // router.routes() would match the path again.
    const [layer] = pathAndMethod
    const [serve] = layer?.stack ?? []
    if (layer && serve) {
      context['params'] = layer.params(context.path, layer.captures(context.path))
      return serve(context as never, next) as Promise<void>
    }
    const methods = new Set(path.flatMap((layer) => layer.methods))
    throw new Problem('method_not_allowed', { headers: { Allow: [...methods].sort().join(', ') } })
  }
}
