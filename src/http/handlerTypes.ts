// Turns the generated contract into the one type that every handler must satisfy.
import type { operations } from '../../generated/contract.ts'
import type { DefaultedParameters, operationSecurity } from '../../generated/security.ts'
import type { RateLimit } from '../problems.ts'

export type OperationId = keyof typeof operationSecurity & keyof operations

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : undefined
type Parameters<Id extends OperationId, In extends 'path' | 'query'> =
  operations[Id]['parameters'] extends Record<In, infer P>
    ? P
    : operations[Id]['parameters'] extends Partial<Record<In, infer P>>
      ? NonNullable<P>
      : // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- no parameters, so none can be read
        Record<never, never>

type Defaulted<Id> = Id extends keyof DefaultedParameters ? DefaultedParameters[Id] : never
type WithDefaults<P, Names extends PropertyKey> = P & { [Name in Names & keyof P]-?: NonNullable<P[Name]> }

/** What has been validated: the body as it was sent, path and query coerced and with their defaults. */
export type Input<Id extends OperationId> = {
  body: Json<NonNullable<operations[Id]['requestBody']>>
  path: Parameters<Id, 'path'>
  query: WithDefaults<Parameters<Id, 'query'>, Defaulted<Id>>
}

/** The request, as far as an operation may care. */
export type OperationRequest = {
  /** The URL as the client sees it; scheme and host as forwarded by trusted proxies only. */
  url: URL
  client: { ipAddress: string; userAgent: string }
  isHead: boolean
  /** Aborted when the client closes the connection, so that work for it need not begin. */
  signal: AbortSignal
  /** Which of these media types the Accept header prefers. */
  preferredType(...types: string[]): string | undefined
  /** Whether the Accept header names this media type itself, not by a wildcard. */
  acceptsExplicitly(type: string): boolean
}

type Secured<Id extends OperationId, Principal> = 'bearer' extends (typeof operationSecurity)[Id][number]
  ? { principal: Principal }
  : { principal?: never }

export type HttpContext<Id extends OperationId, Principal> = { input: Input<Id>; request: OperationRequest } & Secured<
  Id,
  Principal
>

type SuccessStatus = 200 | 201 | 204 | 303
// Every reply gets these from the middleware; a handler may only say how long its answer can be kept.
type CommonHeaders = 'X-Request-Id' | 'Cache-Control' | 'Access-Control-Allow-Origin' | 'RateLimit' | 'RateLimit-Policy'
type Named<Headers> = keyof { [Name in keyof Headers as string extends Name ? never : Name]: true }
type Own<Headers> = {
  [Name in keyof Headers as string extends Name ? never : Name extends CommonHeaders ? never : Name]: Headers[Name]
}
type WithHeaders<Headers> =
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- asks whether there is none
  Record<never, never> extends Own<Headers>
    ? { headers?: Own<Headers> & { 'Cache-Control'?: string } }
    : { headers: Own<Headers> & { 'Cache-Control'?: string } }
type WithRateLimit<Headers> =
  'RateLimit' extends Named<Headers> ? { rateLimit: RateLimit | undefined } : { rateLimit?: never }
/** A JSON object whose arrays may be read while it is sent: for answers of any length. */
export type Streamed<Body> = {
  [Name in keyof Body]: Body[Name] extends readonly (infer Item)[] ? Body[Name] | AsyncIterable<Item> : Body[Name]
}
type WithBody<Response> = Response extends { content: { 'application/json': infer Body } }
  ? | { body: Body; stream?: never }
    | { stream: Streamed<Body>; body?: never }
    | { body: Buffer; type: 'application/json' }
  : Response extends { content: { 'application/yaml': string } }
    ? { body: Buffer; type: 'application/yaml' }
    : { body?: never }
type ReplyOf<Status, Response> = Response extends { headers: infer Headers }
  ? { status: Status } & WithHeaders<Headers> & WithRateLimit<Headers> & WithBody<Response>
  : never

/** What a handler may answer: the success statuses of its operation. Failures are thrown as Problem. */
export type Reply<Id extends OperationId, Responses = operations[Id]['responses']> = {
  [Status in keyof Responses & SuccessStatus]: ReplyOf<Status, Responses[Status]>
}[keyof Responses & SuccessStatus]

export type Handlers<Principal, Services> = {
  [Id in OperationId]: (context: HttpContext<Id, Principal> & { services: Services }) => Promise<Reply<Id>>
}
