/**
 * The errors of the API by their codes, each with status, title and default detail. Functions throw them as Problem,
 * and src/http/errors.ts answers with a problem document (RFC 9457).
 */
const table = {
  invalid: [400, 'Invalid request', 'The request does not match the contract.'],
  code_invalid: [400, 'Invalid code', 'The code is wrong, used or expired.'],
  current_password_incorrect: [400, 'Current password incorrect', 'The current password is wrong.'],
  not_authenticated: [401, 'Not authenticated', 'Authentication credentials were not provided.'],
  no_active_account: [401, 'No active account', 'No active account found with the given credentials'],
  token_not_valid: [401, 'Token not valid', 'Token is invalid or expired'],
  user_not_found: [401, 'User not found', 'User not found'],
  user_inactive: [401, 'User inactive', 'User is inactive'],
  permission_denied: [403, 'Permission denied', 'You do not have permission to perform this action.'],
  origin_not_allowed: [
    403,
    'Origin not allowed',
    'The refresh cookie is accepted only from pages of this service and of its CORS_ORIGINS.',
  ],
  not_found: [404, 'Not found', 'Not found.'],
  method_not_allowed: [
    405,
    'Method not allowed',
    'This method is not allowed here; the Allow header lists those that are.',
  ],
  email_taken: [409, 'Email taken', 'Another user has this address.'],
  last_superuser: [409, 'Last superuser', 'The last active superuser cannot be removed. Make another one first.'],
  idempotency_key_reused: [
    409,
    'Idempotency key reused',
    'This Idempotency-Key was sent with another body in the last 24 hours. Send each new request with a new key.',
  ],
  mail_not_pending: [409, 'Mail not pending', 'The mail was sent or dropped, or is being sent.'],
  precondition_failed: [
    412,
    'Precondition failed',
    'The user has changed in the meantime. Get the user again, and repeat the change with the new ETag.',
  ],
  request_timeout: [408, 'Request time-out', 'The request did not arrive in time.'],
  content_too_large: [413, 'Content too large', 'The body is larger than 64 KiB.'],
  uri_too_long: [414, 'URI too long', 'The URL is longer than 8 KiB.'],
  unsupported_media_type: [
    415,
    'Unsupported media type',
    'Send the body as application/json in UTF-8, not compressed.',
  ],
  headers_too_large: [
    431,
    'Header fields too large',
    'The request line and the header fields are larger than 16 KiB, or more than 100.',
  ],
  throttled: [429, 'Too many requests', 'Request was throttled.'],
  internal: [500, 'Internal error', 'Something went wrong here; the log has the details under this request_id.'],
  unavailable: [503, 'Service unavailable', 'The service cannot answer at the moment. Try again shortly.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>

export type ProblemCode = keyof typeof table

/**
 * The state of a limit, which replies report (draft-ietf-httpapi-ratelimit-headers). The limit allows `limit`
 * requests in `window` seconds. Of these, `remaining` are left until the limit is reset in `reset` seconds.
 */
export type RateLimit = { policy: string; limit: number; window: number; remaining: number; reset: number }

/**
 * One error of a request: its location (a JSON pointer into the body, or a parameter's name), code and explanation.
 */
export type FieldError = { pointer?: string; parameter?: string; code: string; detail: string }

type Extras = {
  detail?: string
  errors?: FieldError[]
  headers?: Record<string, string>
  rateLimit?: RateLimit | undefined
  isRepetition?: boolean
  cause?: unknown
}

/** An error that the client sees. `cause` is the internal reason, which is logged but never sent. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors: FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The state of the limit against which the request was counted. */
  readonly rateLimit: RateLimit | undefined
  /** Whether the same request succeeded a moment ago. A page then shows this success instead of the error. */
  readonly isRepetition: boolean

  constructor(code: ProblemCode, { detail, errors, headers, rateLimit, isRepetition = false, cause }: Extras = {}) {
    super(code, { cause })
    this.code = code
    const [status, title, defaultDetail] = table[code]
    this.status = status
    this.title = title
    this.detail = detail ?? defaultDetail
    this.errors = errors
    this.headers = headers ?? {}
    this.rateLimit = rateLimit
    this.isRepetition = isRepetition
  }
}

/** An error that stops the start or a command. Its message is one sentence for the operator, with a hint. */
export class StartError extends Error {}
