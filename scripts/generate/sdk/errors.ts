import type { FieldError, ProblemCode, ProblemDocument } from '../../../generated/sdk/types.ts'

/** An error that the service returned. Decide by `code`; the message is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  /** The id of the request in the service's log. */
  readonly requestId: string
  /** The errors of single members or parameters, with the code `invalid`. */
  readonly errors: FieldError[]
  /** The seconds after which to try again, with the code `unavailable`. */
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

/** An answer that does not come from the service, but for example from a proxy in front of it. */
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
