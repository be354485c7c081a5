// These types derive the type of every handler from the generated contract. The examples in the comments are from the
// contract.
import type { operations } from '../../generated/contract.ts'
import type { DefaultedParameters, operationSecurity } from '../../generated/security.ts'
import type { RateLimit } from '../problems.ts'

/** 'getMe' | 'createToken' | … */
export type OperationId = keyof typeof operationSecurity & keyof operations

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- an object without members that can be read
type Nothing = Record<never, never>

// The types of a handler's input.

/** JsonBody<{ content: { 'application/json': { code: string } } }> is { code: string }. */
type JsonBody<Message> = Message extends { content: { 'application/json': infer Body } } ? Body : undefined

/** Parameters<'getUser', 'path'> is { user_id: string }; Parameters<'getMe', 'path'> has no members. */
type Parameters<Id extends OperationId, In extends 'path' | 'query' | 'header' | 'cookie'> =
  operations[Id]['parameters'] extends Record<In, infer Required>
    ? Required
    : operations[Id]['parameters'] extends Partial<Record<In, infer Optional>>
      ? NonNullable<Optional>
      : Nothing

/** DefaultedNames<'listSessions'> is 'page_size', because the contract has a default for this parameter. */
type DefaultedNames<Id> = Id extends keyof DefaultedParameters ? DefaultedParameters[Id] : never

/** WithDefaults<{ page_size?: number; cursor?: string }, 'page_size'> is { page_size: number; cursor?: string }. */
type WithDefaults<Given, Names extends PropertyKey> = Given & {
  [Name in Names & keyof Given]-?: NonNullable<Given[Name]>
}

/**
 * The validated input. The body, header fields and cookies are as the client sent them. The parameters of path and query are
 * converted to their types, and missing parameters have their defaults.
 */
export type Input<Id extends OperationId> = {
  body: JsonBody<NonNullable<operations[Id]['requestBody']>>
  path: Parameters<Id, 'path'>
  query: WithDefaults<Parameters<Id, 'query'>, DefaultedNames<Id>>
  header: Parameters<Id, 'header'>
  cookie: Parameters<Id, 'cookie'>
}

/** The properties of a request that an operation may use in addition to its input. */
export type OperationRequest = {
  /** The URL as the client sees it. A forwarded scheme or host counts only if a trusted proxy sent it. */
  url: URL
  client: { ipAddress: string; userAgent: string }
  /** Whether a page of this service or of CORS_ORIGINS sent the request, as the browser reports it. */
  isFromAllowedOrigin: boolean
  /** Returns a cookie, which is not validated. A parameter of the contract would refuse a request with a malformed one. */
  unvalidatedCookie(name: string): string | undefined
  isHead: boolean
  /** Aborted when the client closes the connection, so that the operation begins no more work for the client. */
  signal: AbortSignal
  /** Returns which of these media types the Accept header prefers. */
  preferredType(...types: string[]): string | undefined
  /** Returns whether the Accept header names this media type itself, not by a wildcard. */
  acceptsExplicitly(type: string): boolean
}

/**
 * WithPrincipal<'getMe', P> is { principal: P }. For 'createToken' it has no principal, because the operation is
 * public.
 */
type WithPrincipal<Id extends OperationId, Principal> = 'bearer' extends (typeof operationSecurity)[Id][number]
  ? { principal: Principal }
  : { principal?: never }

export type HttpContext<Id extends OperationId, Principal> = {
  input: Input<Id>
  request: OperationRequest
} & WithPrincipal<Id, Principal>

// The types of a handler's reply.

type SuccessStatus = 200 | 201 | 204 | 303

/** DocumentedNames<{ [name: string]: unknown; Location: string }> is 'Location'. */
type DocumentedNames<Headers> = keyof { [Name in keyof Headers as string extends Name ? never : Name]: true }

/**
 * The header fields that a handler does not set: the middleware sets them, or sendReply makes them from `rateLimit`.
 */
type CommonHeaders = 'X-Request-Id' | 'Cache-Control' | 'RateLimit' | 'RateLimit-Policy'

/** The header fields that a handler may leave out. openapi-typescript does not tell which header fields are optional. */
type OptionalHeaders = 'Set-Cookie'

/**
 * OwnHeaders<{ 'X-Request-Id': string; Location: string }> is { Location: string }: the header fields that a handler
 * sets.
 */
type OwnHeaders<Headers> = {
  [Name in Exclude<DocumentedNames<Headers>, CommonHeaders | OptionalHeaders> & keyof Headers]: Headers[Name]
} & { [Name in OptionalHeaders & keyof Headers]?: Headers[Name] }

/**
 * `headers` is required where the contract documents header fields that the handler sets. Any reply may set
 * Cache-Control.
 */
type WithHeaders<Headers> =
  Nothing extends OwnHeaders<Headers>
    ? { headers?: OwnHeaders<Headers> & { 'Cache-Control'?: string } }
    : { headers: OwnHeaders<Headers> & { 'Cache-Control'?: string } }

/** `rateLimit` is required where the contract documents RateLimit. It is undefined if nothing is limited. */
type WithRateLimit<Headers> =
  'RateLimit' extends DocumentedNames<Headers> ? { rateLimit: RateLimit | undefined } : { rateLimit?: never }

/**
 * Streamed<{ id: string; mails: Mail[] }> is { id: string; mails: Mail[] | AsyncIterable<Mail> }. A handler streams a
 * reply whose length is not bounded.
 */
export type Streamed<Body> = {
  [Name in keyof Body]: Body[Name] extends readonly (infer Item)[] ? Body[Name] | AsyncIterable<Item> : Body[Name]
}

/**
 * A handler returns a JSON body as an object, a stream or bytes, and any other body as bytes. Some replies have no
 * body.
 */
type WithBody<Response> = Response extends { content: { 'application/json': infer Body } }
  ? | { body: Body; stream?: never }
    | { stream: Streamed<Body>; body?: never }
    | { body: Buffer; type: 'application/json' }
  : Response extends { content: { 'text/plain': string } }
    ? { body: Buffer; type: 'text/plain' }
    : { body?: never }

/** ReplyOf<204, { headers: … }> is { status: 204; headers?: …; body?: never }. */
type ReplyOf<Status, Response> = Response extends { headers: infer Headers }
  ? { status: Status } & WithHeaders<Headers> & WithRateLimit<Headers> & WithBody<Response>
  : never

/**
 * What a handler may return: a reply with one of its operation's success statuses. A handler throws errors as
 * Problem.
 */
export type Reply<Id extends OperationId, Responses = operations[Id]['responses']> = {
  [Status in keyof Responses & SuccessStatus]: ReplyOf<Status, Responses[Status]>
}[keyof Responses & SuccessStatus]

export type Handlers<Principal, Services> = {
  [Id in OperationId]: (context: HttpContext<Id, Principal> & { services: Services }) => Promise<Reply<Id>>
}
