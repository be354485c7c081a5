import { queryOf } from './canonicalPath.ts'
import { connectionSignal } from './connectionSignal.ts'
import { acceptsExplicitly } from './fields.ts'
import type { OperationRequest } from './handlerTypes.ts'
import type { AppContext } from './state.ts'

/** Makes the properties of a request that an operation may use in addition to its validated input. */
export function createOperationRequest(context: AppContext): OperationRequest {
  const { ipAddress, userAgent, origin, basePath } = context.state.client
  return {
    client: { ipAddress, userAgent },
    get url() {
      const target = `${basePath}${context.path}?${queryOf(context.req.url ?? '')}`
      return new URL(target.replace(/\?$/, ''), origin)
    },
    isHead: context.method === 'HEAD',
    signal: connectionSignal(context.req.socket),
    preferredType: (...types) => context.accepts(types) || undefined,
    acceptsExplicitly: (type) => acceptsExplicitly(context.get('accept'), type),
  }
}
