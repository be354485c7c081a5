import type { AppMiddleware } from '../http/state.ts'
import { Problem } from '../problems.ts'
import { isBrowser } from './problemPage.ts'

/**
 * Redirects a browser that opens an activation link without a readable code to a page that explains the error. A mail
 * program may have cut the link. An API client gets the problem document.
 */
export function explainBrokenLinks(basePath: string): AppMiddleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const isInvalid = error instanceof Problem && error.code === 'invalid'
      const isLink = context.state.operationId === 'activateUser'
      if (!isInvalid || !isLink || !isBrowser(context)) throw error
      context.body = null
      context.status = 303 // set after the body, because Koa sets 204 for an empty body
      context.set('Location', `${basePath}/account/activate/`)
      context.vary('Accept')
    }
  }
}
