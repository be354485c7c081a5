// Generated from openapi.yaml by npm run generate. Do not edit.
/** The language of mails and pages. A registration without it gets `en`. */
export type Language = 'en' | 'ru'

/** What happened, for people. */
export type Message = {
  /** One or two sentences for people. May be reworded. */
  detail: string
}

/** What happened, for people. */
export type ActivationResult = {
  /** One or two sentences for people. May be reworded. */
  detail: string
  /**
   * True if another registration of the address activated the account, which has that registration's
   * password. Left out otherwise.
   */
  superseded?: boolean
}

/** What happened, for people. */
export type EmailConfirmed = {
  /** One or two sentences for people. May be reworded. */
  detail: string
  /**
   * Only if the present address was confirmed again: the time until which a former address can undo the
   * change. It may have passed.
   */
  undo_until?: string
}

/** An empty object. */
export type Acknowledgement = Record<string, never>

/** A registration. */
export type RegistrationRequest = {
  /**
   * The email address of a new account, or the new address of an account. Its local part must have no
   * invisible characters and must use one script and one set of digits, otherwise the error is `format`.
   * Latin letters may be mixed with Chinese, Japanese and Korean ones, and a tag after `+` may use another
   * script. A local part beyond ASCII is refused as `undeliverable` if the mail server of the service does
   * not accept such addresses (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password: at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`; an emoji counts as
   * one), otherwise the error is `password_too_short`. It is normalised with NFKC and never truncated or
   * trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused
   * as `password_too_common`. A password that consists only of the email address, the name of the service,
   * words of these, digits and symbols is refused as `password_too_personal`. Both ignore case.
   */
  password: string
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  password_confirm: string
  /**
   * The first name; may be empty. Characters that are invisible or change the direction of text are refused,
   * such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are
   * accepted.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
}

/** The reply to a registration, the same for a free and for a taken address. */
export type RegistrationAccepted = {
  /** One or two sentences for people. May be reworded. */
  detail: string
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
}

/** An activation. */
export type ActivationRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it are ignored, because mail
   * programs add them to links.
   */
  code: string
}

/**
 * An address to send a mail to. It is refused as `undeliverable` under the same conditions as a new
 * address.
 */
export type AddressRequest = {
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
}

/** A new password, authorized by a mailed code. */
export type PasswordRestoreRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it are ignored, because mail
   * programs add them to links.
   */
  code: string
  /**
   * The new password: at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`; an emoji counts as
   * one), otherwise the error is `password_too_short`. It is normalised with NFKC and never truncated or
   * trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused
   * as `password_too_common`. A password that consists only of the email address, the name of the service,
   * words of these, digits and symbols is refused as `password_too_personal`. Both ignore case.
   */
  password: string
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  password_confirm: string
}

/** A user, with the members that the user sees. */
export type User = {
  /** The user's id. It never changes. */
  id: string
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
  /** The first name; may be empty. */
  first_name: string
  /** The last name; may be empty. */
  last_name: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language: Language
  /** Whether the user may administer other users. */
  is_superuser: boolean
  /** When the account was created. */
  date_joined: string
  /** When the user last signed in. Left out until the first sign-in. */
  last_login?: string
}

/** The members of a profile to change. */
export type UserUpdate = {
  /**
   * The first name; may be empty. Characters that are invisible or change the direction of text are refused,
   * such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are
   * accepted.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
}

/** A new password, authorized by the current one. */
export type PasswordChangeRequest = {
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  current_password: string
  /**
   * The new password: at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`; an emoji counts as
   * one), otherwise the error is `password_too_short`. It is normalised with NFKC and never truncated or
   * trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused
   * as `password_too_common`. A password that consists only of the email address, the name of the service,
   * words of these, digits and symbols is refused as `password_too_personal`. Both ignore case.
   */
  password: string
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  password_confirm: string
}

/** A new address, authorized by the current password. */
export type EmailChangeRequest = {
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  current_password: string
  /**
   * The email address of a new account, or the new address of an account. Its local part must have no
   * invisible characters and must use one script and one set of digits, otherwise the error is `format`.
   * Latin letters may be mixed with Chinese, Japanese and Korean ones, and a tag after `+` may use another
   * script. A local part beyond ASCII is refused as `undeliverable` if the mail server of the service does
   * not accept such addresses (SMTPUTF8, RFC 6531).
   */
  email: string
}

/** The current password, for operations that a signed-in session alone must not perform. */
export type ReauthenticationRequest = {
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  current_password: string
}

/** The confirmation of a new address. */
export type EmailConfirmationRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it are ignored, because mail
   * programs add them to links.
   */
  code: string
}

/** The undo of a change of address. */
export type EmailChangeUndoRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it are ignored, because mail
   * programs add them to links.
   */
  code: string
}

/** A user, with the members that superusers see. */
export type AdminUser = {
  /** An id. It never changes. */
  id: string
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
  /** The first name; may be empty. */
  first_name: string
  /** The last name; may be empty. */
  last_name: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language: Language
  /** Whether the user may administer other users. */
  is_superuser: boolean
  /** Whether the user may sign in. False for a suspended user. */
  is_active: boolean
  /**
   * Whether a mailed code has confirmed the address. False only for users who were created by a superuser and
   * have not set a password with a mailed code yet.
   */
  email_confirmed: boolean
  /** When the account was created. */
  date_joined: string
  /** When the user last signed in. Left out until the first sign-in. */
  last_login?: string
}

/** A page of users. */
export type UserPage = {
  /**
   * The number of matching records on all pages; 10,000 means that many or more. With a filter, only the
   * latest 100,000 records of a log are counted.
   */
  count: number
  /** Present and true if more records match than `count` says, or may match beyond the searched ones. */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The users of this page. */
  results: AdminUser[]
}

/** The order of users, by date of joining or by address. A minus means descending. */
export type UserOrdering = '-date_joined' | 'date_joined' | 'email' | '-email'

/** A user to create. */
export type NewUserRequest = {
  /**
   * The email address of a new account, or the new address of an account. Its local part must have no
   * invisible characters and must use one script and one set of digits, otherwise the error is `format`.
   * Latin letters may be mixed with Chinese, Japanese and Korean ones, and a tag after `+` may use another
   * script. A local part beyond ASCII is refused as `undeliverable` if the mail server of the service does
   * not accept such addresses (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password: at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`; an emoji counts as
   * one), otherwise the error is `password_too_short`. It is normalised with NFKC and never truncated or
   * trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused
   * as `password_too_common`. A password that consists only of the email address, the name of the service,
   * words of these, digits and symbols is refused as `password_too_personal`. Both ignore case.
   */
  password?: string
  /**
   * The first name; may be empty. Characters that are invisible or change the direction of text are refused,
   * such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are
   * accepted.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
  /** Whether the user may sign in. False for a suspended user. */
  is_active?: boolean
  /** Whether the user may administer other users. */
  is_superuser?: boolean
}

/** The members of a user to change. */
export type AdminUserUpdate = {
  /**
   * The first name; may be empty. Characters that are invisible or change the direction of text are refused,
   * such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are
   * accepted.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
  /** Whether the user may sign in. False for a suspended user. */
  is_active?: boolean
  /** Whether the user may administer other users. */
  is_superuser?: boolean
}

/** All data that is stored about a user, except secrets. Lists are ordered by time, oldest first. */
export type Export = {
  /** When the export was made. */
  exported_at: string
  /** A user, with the members that superusers see. */
  user: AdminUser
  /** The addresses that belong to the account. */
  addresses: ExportedAddress[]
  /** Requested changes of the address. */
  email_changes: ExportedEmailChange[]
  /** Sessions, including ended ones as long as they are kept. */
  sessions: ExportedSession[]
  /** Known devices, which are kept to notice new ones. */
  devices: ExportedDevice[]
  /** Successful sign-ins. */
  login_logs: LoginLog[]
  /** Other events that concern the account. */
  security_events: SecurityEvent[]
  /** Mails to the user's addresses, as long as they are kept. Their text is not stored. */
  mails: ExportedMail[]
}

/** An address that belongs to the account. */
export type ExportedAddress = {
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
  /** Whether it is the address of the account or a former address, which is held for 7 days. */
  kind: AddressKind
  /** The time until which a former address is held for the undo of its change. */
  held_until?: string
}

/** Whether it is the address of the account or a former address, which is held for 7 days. */
export type AddressKind = 'current' | 'held'

/** A requested change of address. */
export type ExportedEmailChange = {
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
  /** The previous address, once the change has taken effect. */
  old_email?: string
  /** When it was requested. */
  requested_at: string
  /** When it took effect, if it did. */
  confirmed_at?: string
  /** When it was undone, if it was. */
  undone_at?: string
}

/** A session. */
export type ExportedSession = {
  /** An id. It never changes. */
  id: string
  /** When the session began with a sign-in. */
  created_at: string
  /** When the tokens were last refreshed, or the time of the sign-in. */
  last_used_at: string
  /** When the session expires unless its tokens are refreshed before. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters, without control, direction and other invisible
   * characters. Empty if the client sent none.
   */
  user_agent: string
  /** The IPv4 or IPv6 address of the last refresh, or of the sign-in. */
  last_ip_address: string
  /** The User-Agent of the last refresh, or of the sign-in. */
  last_user_agent: string
  /** When the session was ended, unless it expired. */
  ended_at?: string
  /** Why the session was ended. New reasons may be added. */
  ended_by?: string
}

/** A known device in a network. */
export type ExportedDevice = {
  /** The network of the client, /24 for IPv4 and /64 for IPv6. */
  network: string
  /** The User-Agent without its numbers. */
  device: string
  /** When the device first signed in. */
  first_seen_at: string
  /** When the device last signed in. */
  last_seen_at: string
}

/** A mail to the user. */
export type ExportedMail = {
  /** The kind of mail. New kinds may be added. */
  kind: string
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  address: string
  /** The state of the delivery. New states may be added. */
  status: string
  /** When it was requested. */
  created_at: string
  /** When the mail was sent, if it was. */
  sent_at?: string
}

/** A session, which is one sign-in with all pairs of tokens that were refreshed from it. */
export type Session = {
  /** An id. It never changes. */
  id: string
  /** When the session began with a sign-in. */
  created_at: string
  /** When the tokens were last refreshed, or the time of the sign-in. */
  last_used_at: string
  /** When the session expires unless its tokens are refreshed before. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters, without control, direction and other invisible
   * characters. Empty if the client sent none.
   */
  user_agent: string
  /** The IPv4 or IPv6 address of the last refresh, or of the sign-in. */
  last_ip_address: string
  /** The User-Agent of the last refresh, or of the sign-in. */
  last_user_agent: string
  /** Whether this is the session of the request. */
  is_current: boolean
}

/** A page of sessions. */
export type SessionPage = {
  /**
   * The number of matching records on all pages; 10,000 means that many or more. With a filter, only the
   * latest 100,000 records of a log are counted.
   */
  count: number
  /** Present and true if more records match than `count` says, or may match beyond the searched ones. */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The sessions of this page. */
  results: Session[]
}

/** Which sessions to end. */
export type SessionsRevocationRequest = {
  /** Whether to keep the session of the request. */
  keep_current: boolean
}

/** The number of ended sessions. */
export type SessionsRevoked = {
  /** The number of live sessions that were ended; 10,000 means that many or more. */
  revoked: number
}

/** The credentials of a user. */
export type Credentials = {
  /**
   * An email address, which may be internationalised. It is compared in a normalized form: in lower case,
   * with the domain in its IDNA form.
   */
  email: string
  /** A password, compared after NFKC. As `password_confirm`, the new password again. */
  password: string
}

/** A refresh token to exchange or to end. */
export type RefreshRequest = {
  /** A token as received in `access` or `refresh`. */
  refresh: string
}

/** A token to check. */
export type VerificationRequest = {
  /** A token as received in `access` or `refresh`. */
  token: string
}

/** The tokens of a session. */
export type TokenPair = {
  /** The access token, valid for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`). */
  access: string
  /**
   * The refresh token, valid for one exchange within a day (setting `REFRESH_TOKEN_LIFETIME`), and never
   * longer than 30 days after the sign-in (setting `SESSION_LIFETIME`). It is opaque to clients.
   */
  refresh: string
}

/** One successful sign-in. */
export type LoginLog = {
  /** The record's id. */
  id: string
  /** The id of the user who signed in. */
  user: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters, without control, direction and other invisible
   * characters. Empty if the client sent none.
   */
  user_agent: string
  /** When it happened. */
  timestamp: string
}

/** A page of the login log. */
export type LoginLogPage = {
  /**
   * The number of matching records on all pages; 10,000 means that many or more. With a filter, only the
   * latest 100,000 records of a log are counted.
   */
  count: number
  /** Present and true if more records match than `count` says, or may match beyond the searched ones. */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The records of this page. */
  results: LoginLog[]
}

/**
 * Something that happened to an account, other than a successful sign-in. After a user is deleted, address
 * and device are left out.
 */
export type SecurityEvent = {
  /** An id. It never changes. */
  id: string
  /** What happened. New types may be added. */
  type: SecurityEventType
  /** The id of the affected user. Left out if there is no such user, as for an unknown address at sign-in. */
  user?: string
  /** The id of the administrator who caused it. Left out for actions of the users themselves. */
  actor?: string
  /** The IP address of the client. Only superusers see that of an administrator. */
  ip_address?: string
  /** The User-Agent of the client. Only superusers see that of an administrator. */
  user_agent?: string
  /** When it happened. */
  timestamp: string
}

/** What happened. New types may be added. */
export type SecurityEventType =
  | 'sign_in_failed'
  | 'account_locked'
  | 'new_device'
  | 'refresh_reused'
  | 'session_network_changed'
  | 'sessions_revoked'
  | 'password_changed'
  | 'password_restored'
  | 'email_change_requested'
  | 'email_changed'
  | 'email_change_undone'
  | 'email_undo_ended'
  | 'export_made'
  | 'user_created'
  | 'user_updated'
  | 'user_suspended'
  | 'user_activated'
  | 'user_deleted'
  | 'superuser_granted'
  | 'superuser_revoked'
  | 'keys_rotated'

/** A page of security events. */
export type SecurityEventPage = {
  /**
   * The number of matching records on all pages; 10,000 means that many or more. With a filter, only the
   * latest 100,000 records of a log are counted.
   */
  count: number
  /** Present and true if more records match than `count` says, or may match beyond the searched ones. */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The events of this page. */
  results: SecurityEvent[]
}

/** The order of security events, oldest (`timestamp`) or latest (`-timestamp`) first. */
export type SecurityEventOrdering = '-timestamp' | 'timestamp'

/** The order of the login log, oldest (`timestamp`) or latest (`-timestamp`) first. */
export type LoginLogOrdering = '-timestamp' | 'timestamp'

/** A JSON Web Key Set (RFC 7517). */
export type Jwks = {
  /** The keys that sign now, that will sign next, and that signed until recently. */
  keys: Jwk[]
}

/** A public key. It has no private members. */
export type Jwk = {
  /** The family of the key, an elliptic curve. */
  kty: JwkKeyType
  /** What the key is for, signatures. */
  use: JwkUse
  /** The only algorithm it is used with. */
  alg: JwkAlgorithm
  /** The id of the key, as in the header of the token. */
  kid: string
  /** The curve. */
  crv: JwkCurve
  /** A coordinate of the point, 32 bytes in base64url. */
  x: string
  /** A coordinate of the point, 32 bytes in base64url. */
  y: string
}

/** The family of the key, an elliptic curve. */
export type JwkKeyType = 'EC'

/** What the key is for, signatures. */
export type JwkUse = 'sig'

/** The only algorithm it is used with. */
export type JwkAlgorithm = 'ES256'

/** The curve. */
export type JwkCurve = 'P-256'

/** The state of the service. */
export type Health = {
  /** The service is healthy. */
  status: HealthStatus
}

/** The service is healthy. */
export type HealthStatus = 'ok'

/** An OpenAPI document. The OpenAPI specification defines its other members. */
export type ContractDocument = {
  /** The version of the OpenAPI specification. */
  openapi: string
  /** The name and version of the described API. */
  info: ContractInfo
  /** The paths with their operations. */
  paths: ContractPaths
} & Record<string, unknown>

/** The name and version of the described API. */
export type ContractInfo = {
  /** The name of the service. */
  title: string
  /** The version of the contract, a semantic one. */
  version: string
} & Record<string, unknown>

/** The paths with their operations. */
export type ContractPaths = Record<string, unknown>

/** A problem document (RFC 9457). */
export type ProblemDocument = {
  /** The kind of problem as a URI, one for each `code`. */
  type: string
  /** The kind of problem, for people. The same for each `code`. */
  title: string
  /** The HTTP status of the reply. */
  status: number
  /** One or two sentences for people. May be reworded. */
  detail: string
  /** The kind of problem, for programs. Stable. */
  code: ProblemCode
  /** The id of the request, as in `X-Request-Id`. */
  request_id: string
  /** The errors of the request. Only with the code `invalid`. */
  errors?: FieldError[]
}

/** The kind of problem, for programs. Stable. */
export type ProblemCode =
  | 'invalid'
  | 'code_invalid'
  | 'current_password_incorrect'
  | 'not_authenticated'
  | 'no_active_account'
  | 'token_not_valid'
  | 'user_not_found'
  | 'user_inactive'
  | 'permission_denied'
  | 'not_found'
  | 'method_not_allowed'
  | 'email_taken'
  | 'last_superuser'
  | 'request_timeout'
  | 'content_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'throttled'
  | 'internal'
  | 'unavailable'

/** One error of a request, in the body (`pointer`) or in a parameter (`parameter`). */
export type FieldError = {
  /** The location in the body (RFC 6901). Empty for the body as a whole. */
  pointer?: string
  /** The name of the query parameter. */
  parameter?: string
  /** The kind of error, for programs. New codes may be added. */
  code: string
  /** One or two sentences for people. May be reworded. */
  detail: string
}
