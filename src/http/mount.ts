import Router from '@koa/router'
import type { OpenAPIBackend, Operation } from 'openapi-backend'
import { admit, isPublic, type Authentication } from './admission.ts'
import { readBearerToken } from './bearerToken.ts'
import { receiveJson } from './body.ts'
import { queryOf } from './canonicalPath.ts'
import { dispatch } from './dispatch.ts'
import type { Handlers, OperationId } from './handlerTypes.ts'
import { inRoutingOrder, patternOf } from './patterns.ts'
import { deletingMalformedCookies } from './malformedCookies.ts'
import { sendReply, type AnyReply } from './reply.ts'
import { createOperationRequest } from './request.ts'
import type { AppContext, AppMiddleware, AppState } from './state.ts'
import { validate } from './validation.ts'

type AnyHandler = (context: object) => Promise<AnyReply>

type MountOptions<Claims extends { userId: string }, Principal, Services> = {
  api: OpenAPIBackend
  handlers: Handlers<Principal, Services>
  services: Services
  authentication: Authentication<Claims, Principal>
  /** The origins whose pages may use the refresh cookie, in addition to the service's own origin. */
  allowedOrigins: ReadonlySet<string>
  /** Returns the header fields that delete the cookies of operations. */
  deleteCookies: () => Record<string, string>
}

/**
 * Validates a body against an operation and runs the operation's handler. The body comes from JSON in this module,
 * and from a form in src/pages.
 */
export type Perform = (operationId: OperationId, context: AppContext, body: unknown) => Promise<AnyReply>

/**
 * Mounts every operation of the contract on a router. The inner function `serve` runs the steps of a request in their
 * order.
 */
export function mountOperations<Claims extends { userId: string }, Principal, Services>(
  options: MountOptions<Claims, Principal, Services>,
): { routes: AppMiddleware; perform: Perform } {
  const { api, handlers, services, authentication, allowedOrigins, deleteCookies } = options
  const router = new Router<AppState>({ sensitive: true, strict: true })
  for (const operation of inRoutingOrder(api.getOperations())) {
    const pattern = patternOf(operation)
    const serveOperation = (context: AppContext) => serve(operation, context)
    router.register(pattern, [operation.method], serveOperation, { pathAsRegExp: pattern instanceof RegExp })
  }
  return {
    routes: dispatch(router),
    perform: (operationId, context, body) => handle(api.getOperation(operationId) as Operation, context, body),
  }

  async function serve(operation: Operation, context: AppContext): Promise<void> {
    context.state.operationId = operation.operationId as OperationId
    const claims = isPublic(operation)
      ? undefined
      : await authentication.verify(readBearerToken(context.get('authorization')))
    context.state.userId = claims?.userId
    const readBody = operation.requestBody ? await receiveJson(context.req) : () => undefined
    // The principal is loaded after the body has arrived. A body may take 30 s to arrive, and the user may be
    // suspended during this time (security 88).
    const principal = claims && (await admit(authentication, operation, claims))
    const reply = await handle(operation, context, readBody(), principal)
    await sendReply(context, reply)
  }

  function handle(operation: Operation, context: AppContext, body: unknown, principal?: Principal): Promise<AnyReply> {
    const { method, operationId } = operation
    const { url = '', headers } = context.req
    const given = { method, path: context.path, query: queryOf(url), headers, body }
    const input = deletingMalformedCookies(operation, deleteCookies, () => validate(api, operation, given))
    const handler = handlers[operationId as OperationId] as unknown as AnyHandler
    return handler({ input, principal, services, request: createOperationRequest(context, allowedOrigins) })
  }
}
