import type { FieldError, ProblemCode, ProblemDocument } from '../../../generated/sdk/types.ts'

/** What the service answers instead of what was asked for. Decide by `code`; the message is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  /** Names the request in the service's log. */
  readonly requestId: string
  /** What is wrong where, with the code `invalid`. */
  readonly errors: FieldError[]
  /** In how many seconds to try again, with the code `unavailable`. */
  readonly retryAfter: number | undefined

  constructor(document: ProblemDocument, retryAfter?: number) {
    super(document.detail)
    this.code = document.code
    this.status = document.status
    this.title = document.title
    this.requestId = document.request_id
    this.errors = document.errors ?? []
    this.retryAfter = retryAfter
  }
}

/** An answer that is not the service's, from a proxy before it for example. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly text: string

  constructor(status: number, text: string) {
    super(`unexpected answer with status ${status}`)
    this.status = status
    this.text = text
  }
}
