import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { OpenAPIBackend, Operation } from 'openapi-backend'
import { Problem, type RateLimit } from '../problems.ts'
import { receiveJson } from './body.ts'
import { queryOf } from './canonicalPath.ts'
import type { ClientReader } from './client.ts'
import type { OperationRequest, Handlers, OperationId } from './handlerTypes.ts'
import { connectionClosed } from './closing.ts'
import { dispatch } from './dispatch.ts'
import { accepts } from './fields.ts'
import { inRoutingOrder, patternOf } from './patterns.ts'
import { rateLimitHeaders } from './rateLimit.ts'
import { openJson } from './stream.ts'
import { validate } from './validation.ts'

// Milliseconds in which a client must take something of a long answer; Node lets it go after one or two of them.
const maxStall = 30_000

type AnyHandler = (context: object) => Promise<Reply>

type MountOptions<Claims extends object, Principal, Services> = {
  api: OpenAPIBackend
  handlers: Handlers<Principal, Services>
  services: Services
  /** Verifies an access token without asking the database. */
  verify: (bearer: string) => Promise<Claims>
  /** Loads the user and the session that a token names. */
  authenticate: (claims: Claims) => Promise<Principal>
  /** Refuses a principal who lacks one of the roles that the contract's `security` names. */
  authorize: (principal: Principal, roles: readonly string[]) => void
  readClient: ClientReader
}

export type Reply = {
  status: number
  headers?: Record<string, string>
  rateLimit?: RateLimit | undefined
  type?: string
  body?: unknown
  /** Instead of a body: a JSON object with AsyncIterables for arrays. */
  stream?: object
}
/** Validates a body against an operation and handles it, whatever it came in: JSON here, a form in src/pages. */
export type Perform = (operationId: OperationId, context: Context, body: unknown) => Promise<Reply>

/**
 * Puts every operation of the contract on a router: verify the token, receive the body, authenticate, authorize, validate, handle.
 */
export function mountOperations<Claims extends object, Principal, Services>(
  mounted: MountOptions<Claims, Principal, Services>,
): { routes: Middleware; perform: Perform } {
  const { api, handlers, services, verify, authenticate, authorize, readClient } = mounted
  const router = new Router({ sensitive: true, strict: true })
  for (const operation of inRoutingOrder(api.getOperations())) {
    const pattern = patternOf(operation)
    const options = { pathAsRegExp: pattern instanceof RegExp }
    router.register(pattern, [operation.method], serve, options)

    async function serve(context: Context): Promise<void> {
      context.state['operationId'] = operation.operationId
      const claims = isPublic(operation) ? undefined : await verify(bearerOf(context))
      const readBody = operation.requestBody ? await receiveJson(context.req) : () => undefined
      // Not before the body is here: it may take 30 s, in which the user can be suspended (security 88).
      const principal = claims && (await admit(operation, claims))
      const reply = await handle(operation, context, readBody(), principal)
      await answer(context, reply)
    }
  }
  return {
    routes: dispatch(router),
    perform: (operationId, context, body) => handle(api.getOperation(operationId) as Operation, context, body),
  }

  async function admit({ security = [] }: Operation, claims: Claims): Promise<Principal> {
    const principal = await authenticate(claims)
    authorize(principal, security.flatMap(Object.values<string[]>).flat())
    return principal
  }

  function handle(operation: Operation, context: Context, body: unknown, principal?: Principal): Promise<Reply> {
    const input = validate(api, operation, {
      method: operation.method,
      path: context.path,
      query: queryOf(context.req.url ?? ''),
      body,
    })
    const handler = handlers[operation.operationId as OperationId] as unknown as AnyHandler
    return handler({ input, principal, services, request: asked(context, readClient) })
  }
}

function isPublic({ security = [] }: Operation): boolean {
  return security.length === 0
}

async function answer(context: Context, reply: Reply): Promise<void> {
  const { status, headers = {}, rateLimit, type, body, stream } = reply
  const { Vary: vary = [], ...others } = headers
  context.set({ ...rateLimitHeaders(rateLimit), ...others })
  context.vary(vary) // beside what the answer depends on already
  if (stream) {
    context.body = await openJson(stream)
    context.type = 'json'
    context.res.setTimeout(maxStall) // a client that stops reading is let go
  } else context.body = body ?? null
  if (type !== undefined) context.type = type
  context.status = status // after the body: Koa makes 204 of an empty one
}

/** The bearer token: `Bearer`, spaces and a token68 (RFC 6750, 2.1; RFC 9110, 11.4); never from the query (security 53). */
function bearerOf(context: Context): string {
  const [, scheme = '', rest = ''] = /^([^ \t]*)(.*)$/.exec(context.get('authorization')) ?? []
  if (scheme.toLowerCase() !== 'bearer') throw new Problem('not_authenticated')
  const [, token] = /^ +([\w.~+/-]+=*)$/.exec(rest) ?? []
  if (token === undefined) throw new Problem('token_not_valid', { cause: 'malformed Authorization header' })
  return token
}

function asked(context: Context, readClient: ClientReader): OperationRequest {
  const { origin, basePath, ...client } = readClient(context.req)
  return {
    client,
    url: new URL(`${basePath}${context.path}?${queryOf(context.req.url ?? '')}`.replace(/\?$/, ''), origin),
    isHead: context.method === 'HEAD',
    signal: connectionClosed(context.req.socket),
    prefers: (...types) => context.accepts(types) || undefined,
    names: (type) => accepts(context.get('accept'), type),
  }
}
