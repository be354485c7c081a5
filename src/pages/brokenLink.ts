import { acceptsExplicitly } from '../http/fields.ts'
import type { AppMiddleware } from '../http/state.ts'
import { Problem } from '../problems.ts'

/**
 * Redirects a browser that opens an activation link without a readable code to the page that explains it: a mail
 * program may have cut the link. An API client gets the problem document.
 */
export function explainBrokenLinks(basePath: string): AppMiddleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const isInvalid = error instanceof Problem && error.code === 'invalid'
      const isLink = context.state.operationId === 'activateUser'
      if (!isInvalid || !isLink || !isBrowser(context.get('accept'))) throw error
      context.body = null
      context.status = 303 // after the body: Koa makes 204 of an empty one
      context.set('Location', `${basePath}/account/activate/`)
      context.vary('Accept')
    }
  }
}

function isBrowser(accept: string): boolean {
  return acceptsExplicitly(accept, 'text/html') && !acceptsExplicitly(accept, 'application/json')
}
