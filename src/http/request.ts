import { queryOf } from './canonicalPath.ts'
import { connectionSignal } from './connectionSignal.ts'
import { acceptsExplicitly } from './fields.ts'
import type { OperationRequest } from './handlerTypes.ts'
import { readCookie } from './readParameters.ts'
import type { AppContext } from './state.ts'

/**
 * Makes the properties of a request that an operation may use in addition to its validated input.
 * @param allowedOrigins the origins whose pages may use the refresh cookie, in addition to the request's own origin
 */
export function createOperationRequest(context: AppContext, allowedOrigins: ReadonlySet<string>): OperationRequest {
  const { ipAddress, userAgent, origin, basePath } = context.state.client
  return {
    client: { ipAddress, userAgent },
    get url() {
      const target = `${basePath}${context.path}?${queryOf(context.req.url ?? '')}`
      return new URL(target.replace(/\?$/, ''), origin)
    },
    // Browsers set both fields, and scripts cannot change them (Fetch standard, 2.2.2). Old browsers send no
    // Sec-Fetch-Site.
    get isFromAllowedOrigin() {
      const sender = context.get('Origin')
      return context.get('Sec-Fetch-Site') === 'same-origin' || sender === origin || allowedOrigins.has(sender)
    },
    unvalidatedCookie: (name) => readCookie(name, context.req.headers),
    isHead: context.method === 'HEAD',
    signal: connectionSignal(context.req.socket),
    preferredType: (...types) => context.accepts(types) || undefined,
    acceptsExplicitly: (type) => acceptsExplicitly(context.get('accept'), type),
  }
}
