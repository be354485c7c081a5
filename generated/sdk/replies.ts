// Generated from openapi.yaml by npm run generate. Do not edit.
import type { FieldError, ProblemCode, ProblemDocument } from './types.ts'

/** An error that the service returned. Decide by `code`; the message is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly detail: string
  /** The id of the request in the service's log. */
  readonly requestId: string
  /** The errors of single members or parameters, with the code `invalid`. */
  readonly errors: FieldError[]
  /** The number of seconds after which to try again, if the status is 429 or 503. */
  readonly retryAfter: number | undefined

  constructor(document: ProblemDocument, retryAfter?: number) {
    super(document.detail)
    this.code = document.code
    this.status = document.status
    this.title = document.title
    this.detail = document.detail
    this.requestId = document.request_id
    this.errors = document.errors ?? []
    this.retryAfter = retryAfter
  }
}

/** An answer that does not come from the service, but for example from a proxy in front of the service. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly text: string
  /** The number of seconds after which to try again, if the answer has the header Retry-After. */
  readonly retryAfter: number | undefined

  constructor(status: number, text: string, retryAfter?: number) {
    super(`unexpected answer with status ${status}`)
    this.status = status
    this.text = text
    this.retryAfter = retryAfter
  }
}

/** Whether the service refused a token: it has expired, or its session has ended. */
export function isExpiry(error: unknown): boolean {
  return error instanceof Problem && error.code === 'token_not_valid'
}

/** Whether the service refused to renew a session: it has ended, or the browser has no cookie with its refresh token. */
export function isEnd(error: unknown, refresh: string): boolean {
  return isExpiry(error) || (refresh === '' && error instanceof Problem && error.code === 'invalid')
}

const etags = new WeakMap<object, string | undefined>()

/**
 * Returns the ETag of a reply, for the `ifMatch` of a change: the change is refused if another client has made a
 * change since.
 */
export function etagOf(reply: object): string | undefined {
  return etags.get(reply)
}

/** Reads the body of a reply. @throws Problem, or UnexpectedAnswer if the service cannot have sent the reply */
export async function readReply(reply: Response, expected: string): Promise<unknown> {
  const text = await reply.text()
  const type = reply.headers.get('Content-Type') ?? ''
  const unexpected = () => new UnexpectedAnswer(reply.status, text, retryAfter(reply))
  const parse = () => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw unexpected()
    }
  }
  if (!reply.ok) {
    if (!type.startsWith('application/problem+json')) throw unexpected()
    throw new Problem(parse() as ProblemDocument, retryAfter(reply))
  }
  if (expected === '' && reply.status === 204) return undefined
  if (expected === '' || !type.startsWith(expected)) throw unexpected()
  if (expected !== 'application/json') return text
  const body = parse()
  etags.set(Object(body) as object, reply.headers.get('ETag') ?? undefined)
  return body
}

/** Returns the seconds of Retry-After, which may be a number or a date (RFC 9110, 10.2.3). */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('Retry-After') ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.max(0, (Date.parse(value) - Date.now()) / 1000)
  return Number.isNaN(seconds) ? undefined : seconds
}
