// Generated from openapi.yaml by npm run generate. Do not edit.
/** The language of mails and pages. A registration without it gets `en`. */
export type Language = 'en' | 'ru'

/** What happened, for people. */
export type Message = {
  /** A sentence or two for people. May be reworded. */
  detail: string
}

/** What happened, for people. */
export type ActivationResult = {
  /** A sentence or two for people. May be reworded. */
  detail: string
  /**
   * True when the account was activated by another registration of the address, whose password it has; left
   * out otherwise.
   */
  superseded?: boolean
}

/** What happened, for people. */
export type EmailConfirmed = {
  /** A sentence or two for people. May be reworded. */
  detail: string
  /**
   * Only when the present address was confirmed again: until when a former address can undo its change. It
   * may have passed.
   */
  undo_until?: string
}

/** An empty object. */
export type Acknowledgement = Record<string, never>

/** A registration. */
export type RegistrationRequest = {
  /**
   * The email address of a new account, or a new one for an account. Its local part has no invisible
   * characters and uses one script and one set of digits, otherwise the fault is `format`; Latin letters may
   * stand beside Chinese, Japanese and Korean ones, and a tag after `+` may use another script. One with a
   * local part beyond ASCII is refused as `undeliverable` if the mail server of the service takes no such
   * addresses (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password: at least 8 characters (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), of
   * whatever kind, or the fault is `password_too_short`. Normalised with NFKC, never truncated or trimmed.
   * With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as
   * `password_too_common`, and one that is made of nothing but the email address, the name of the service or
   * words of them, digits and signs as `password_too_personal`, in whatever case.
   */
  password: string
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  password_confirm: string
  /**
   * The first name; may be empty. Characters that do not show or that change the direction of text are
   * refused, such as U+0085, U+200B and U+202E; the joiners U+200C and U+200D of Persian and of emoji are
   * not.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
}

/** The answer to a registration, the same for a free and for a taken address. */
export type RegistrationAccepted = {
  /** A sentence or two for people. May be reworded. */
  detail: string
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
}

/** An activation. */
export type ActivationRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it, which mail programs add to
   * links, are ignored.
   */
  code: string
}

/** An address that a mail is wanted for. It is refused as `undeliverable` where a new address would be. */
export type AddressRequest = {
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
}

/** A new password, allowed by a mailed code. */
export type PasswordRestoreRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it, which mail programs add to
   * links, are ignored.
   */
  code: string
  /**
   * The new password: at least 8 characters (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), of
   * whatever kind, or the fault is `password_too_short`. Normalised with NFKC, never truncated or trimmed.
   * With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as
   * `password_too_common`, and one that is made of nothing but the email address, the name of the service or
   * words of them, digits and signs as `password_too_personal`, in whatever case.
   */
  password: string
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  password_confirm: string
}

/** A user, as the user sees it. */
export type User = {
  /** The user's id. It never changes. */
  id: string
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
  /** The first name; may be empty. */
  first_name: string
  /** The last name; may be empty. */
  last_name: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language: Language
  /** Whether the user administers the others. */
  is_superuser: boolean
  /** When the account was made. */
  date_joined: string
  /** When the user last signed in; left out until the first time. */
  last_login?: string
}

/** The members of a profile to change. */
export type UserUpdate = {
  /**
   * The first name; may be empty. Characters that do not show or that change the direction of text are
   * refused, such as U+0085, U+200B and U+202E; the joiners U+200C and U+200D of Persian and of emoji are
   * not.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
}

/** A new password, allowed by the current one. */
export type PasswordChangeRequest = {
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  current_password: string
  /**
   * The new password: at least 8 characters (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), of
   * whatever kind, or the fault is `password_too_short`. Normalised with NFKC, never truncated or trimmed.
   * With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as
   * `password_too_common`, and one that is made of nothing but the email address, the name of the service or
   * words of them, digits and signs as `password_too_personal`, in whatever case.
   */
  password: string
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  password_confirm: string
}

/** A new address, allowed by the current password. */
export type EmailChangeRequest = {
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  current_password: string
  /**
   * The email address of a new account, or a new one for an account. Its local part has no invisible
   * characters and uses one script and one set of digits, otherwise the fault is `format`; Latin letters may
   * stand beside Chinese, Japanese and Korean ones, and a tag after `+` may use another script. One with a
   * local part beyond ASCII is refused as `undeliverable` if the mail server of the service takes no such
   * addresses (SMTPUTF8, RFC 6531).
   */
  email: string
}

/** The current password, for what a signed-in device alone must not do. */
export type ReauthenticationRequest = {
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  current_password: string
}

/** The confirmation of a new address. */
export type EmailConfirmationRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it, which mail programs add to
   * links, are ignored.
   */
  code: string
}

/** The undoing of a change of address. */
export type EmailChangeUndoRequest = {
  /**
   * A code from a mail. It works once. White space and punctuation after it, which mail programs add to
   * links, are ignored.
   */
  code: string
}

/** A user, as superusers see them. */
export type AdminUser = {
  /** An id. It never changes. */
  id: string
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
  /** The first name; may be empty. */
  first_name: string
  /** The last name; may be empty. */
  last_name: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language: Language
  /** Whether the user administers the others. */
  is_superuser: boolean
  /** Whether the user may sign in; false for a suspended one. */
  is_active: boolean
  /**
   * Whether a mail to the address was followed; false only for users whom a superuser created and who have
   * not set a password by mail yet.
   */
  email_confirmed: boolean
  /** When the account was made. */
  date_joined: string
  /** When the user last signed in; left out until the first time. */
  last_login?: string
}

/** A page of users. */
export type UserPage = {
  /**
   * How many records match, on all pages together; 10,000 stands for that many or more. With a filter it
   * counts among the latest 100,000 records of a log.
   */
  count: number
  /** Present, and true, when more records match than `count` says, or may match beyond those searched. */
  count_capped?: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
  /** The URL of the previous page; null on the first one. */
  previous: string | null
  /** The users of this page. */
  results: AdminUser[]
}

/** The order of users, by when they joined or by address; a minus means descending. */
export type UserOrdering = '-date_joined' | 'date_joined' | 'email' | '-email'

/** A user to create. */
export type NewUserRequest = {
  /**
   * The email address of a new account, or a new one for an account. Its local part has no invisible
   * characters and uses one script and one set of digits, otherwise the fault is `format`; Latin letters may
   * stand beside Chinese, Japanese and Korean ones, and a tag after `+` may use another script. One with a
   * local part beyond ASCII is refused as `undeliverable` if the mail server of the service takes no such
   * addresses (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password: at least 8 characters (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), of
   * whatever kind, or the fault is `password_too_short`. Normalised with NFKC, never truncated or trimmed.
   * With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as
   * `password_too_common`, and one that is made of nothing but the email address, the name of the service or
   * words of them, digits and signs as `password_too_personal`, in whatever case.
   */
  password?: string
  /**
   * The first name; may be empty. Characters that do not show or that change the direction of text are
   * refused, such as U+0085, U+200B and U+202E; the joiners U+200C and U+200D of Persian and of emoji are
   * not.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
  /** Whether the user may sign in; false for a suspended one. */
  is_active?: boolean
  /** Whether the user administers the others. */
  is_superuser?: boolean
}

/** The members of a user to change. */
export type AdminUserUpdate = {
  /**
   * The first name; may be empty. Characters that do not show or that change the direction of text are
   * refused, such as U+0085, U+200B and U+202E; the joiners U+200C and U+200D of Persian and of emoji are
   * not.
   */
  first_name?: string
  /** The last name; may be empty. The same characters are refused as in the first name. */
  last_name?: string
  /** The language of mails and pages. A registration without it gets `en`. */
  language?: Language
  /** Whether the user may sign in; false for a suspended one. */
  is_active?: boolean
  /** Whether the user administers the others. */
  is_superuser?: boolean
}

/** Everything that is stored about a user, secrets aside. Lists are ordered by time, oldest first. */
export type Export = {
  /** When the export was made. */
  exported_at: string
  /** A user, as superusers see them. */
  user: AdminUser
  /** The addresses that belong to the account. */
  addresses: ExportedAddress[]
  /** Changes of the address that were asked for. */
  email_changes: ExportedEmailChange[]
  /** Sessions, those that are over included as long as they are kept. */
  sessions: ExportedSession[]
  /** From where the account was signed in to, as kept to notice new devices. */
  devices: ExportedDevice[]
  /** Successful sign-ins. */
  login_logs: LoginLog[]
  /** What else happened to the account. */
  security_events: SecurityEvent[]
  /** Mails to the user's addresses, as long as they are kept. Their text is not stored. */
  mails: ExportedMail[]
}

/** An address that belongs to the account. */
export type ExportedAddress = {
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
  /** Whether it is the address of the account, or a former one that is held for 7 days. */
  kind: AddressKind
  /** Until when a former address is held for the undoing of its change. */
  held_until?: string
}

/** Whether it is the address of the account, or a former one that is held for 7 days. */
export type AddressKind = 'current' | 'held'

/** A change of address that was asked for. */
export type ExportedEmailChange = {
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
  /** The address before, once the change took effect. */
  old_email?: string
  /** When it was asked for. */
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
  /** When it began, by a sign-in. */
  created_at: string
  /** When its tokens were last renewed, or the sign-in. */
  last_used_at: string
  /** When it is over unless its tokens are renewed before. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters, without control, direction and other invisible
   * characters; empty if it sent none.
   */
  user_agent: string
  /** The IPv4 or IPv6 address from which its tokens were last renewed, or that of the sign-in. */
  last_ip_address: string
  /** The User-Agent with which its tokens were last renewed, or that of the sign-in. */
  last_user_agent: string
  /** When it was ended, if it did not just expire. */
  ended_at?: string
  /** Why it was ended. The list is open, new reasons may come. */
  ended_by?: string
}

/** A kind of device in a network. */
export type ExportedDevice = {
  /** The network of the client, /24 for IPv4 and /64 for IPv6. */
  network: string
  /** The User-Agent without its numbers. */
  device: string
  /** When it first signed in. */
  first_seen_at: string
  /** When it last signed in. */
  last_seen_at: string
}

/** A mail to the user. */
export type ExportedMail = {
  /** What it was about. The list is open, new kinds may come. */
  kind: string
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  address: string
  /** What became of it. The list is open. */
  status: string
  /** When it was asked for. */
  created_at: string
  /** When it was sent, if it was. */
  sent_at?: string
}

/** A session, one sign-in and every pair of tokens that was renewed from it. */
export type Session = {
  /** An id. It never changes. */
  id: string
  /** When it began, by a sign-in. */
  created_at: string
  /** When its tokens were last renewed, or the sign-in. */
  last_used_at: string
  /** When it is over unless its tokens are renewed before. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters, without control, direction and other invisible
   * characters; empty if it sent none.
   */
  user_agent: string
  /** The IPv4 or IPv6 address from which its tokens were last renewed, or that of the sign-in. */
  last_ip_address: string
  /** The User-Agent with which its tokens were last renewed, or that of the sign-in. */
  last_user_agent: string
  /** Whether it is the session that asks. */
  is_current: boolean
}

/** A page of sessions. */
export type SessionPage = {
  /**
   * How many records match, on all pages together; 10,000 stands for that many or more. With a filter it
   * counts among the latest 100,000 records of a log.
   */
  count: number
  /** Present, and true, when more records match than `count` says, or may match beyond those searched. */
  count_capped?: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
  /** The URL of the previous page; null on the first one. */
  previous: string | null
  /** The sessions of this page. */
  results: Session[]
}

/** Which sessions to end. */
export type SessionsRevocationRequest = {
  /** Whether the session that asks goes on. */
  keep_current: boolean
}

/** How many sessions were ended. */
export type SessionsRevoked = {
  /** The number of live sessions that were ended; 10,000 stands for that many or more. */
  revoked: number
}

/** What a user signs in with. */
export type Credentials = {
  /**
   * An email address, internationalised ones included. It is stored and compared in one normal form, in which
   * case makes no difference and the domain is written as IDNA says.
   */
  email: string
  /** A password, compared after NFKC; as `password_confirm`, the new one once more. */
  password: string
}

/** A refresh token to exchange or to end. */
export type RefreshRequest = {
  /** A token as it was received, in `access` or `refresh`. */
  refresh: string
}

/** A token to check. */
export type VerificationRequest = {
  /** A token as it was received, in `access` or `refresh`. */
  token: string
}

/** The tokens of a session. */
export type TokenPair = {
  /** The access token, good for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`). */
  access: string
  /**
   * The refresh token, good for a day (setting `REFRESH_TOKEN_LIFETIME`), for one exchange, and never beyond
   * 30 days after the sign-in (setting `SESSION_LIFETIME`). Opaque to clients.
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
   * characters; empty if it sent none.
   */
  user_agent: string
  /** When it was. */
  timestamp: string
}

/** A page of the login log. */
export type LoginLogPage = {
  /**
   * How many records match, on all pages together; 10,000 stands for that many or more. With a filter it
   * counts among the latest 100,000 records of a log.
   */
  count: number
  /** Present, and true, when more records match than `count` says, or may match beyond those searched. */
  count_capped?: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
  /** The URL of the previous page; null on the first one. */
  previous: string | null
  /** The records of this page. */
  results: LoginLog[]
}

/**
 * Something that happened to an account, beside successful sign-ins. Once a user is deleted, address and
 * device are left out.
 */
export type SecurityEvent = {
  /** An id. It never changes. */
  id: string
  /** What happened. New types may come. */
  type: SecurityEventType
  /** Whom it happened to; left out when there is no such user, as for a sign-in to an unknown address. */
  user?: string
  /** The administrator who did it; left out for what users do themselves. */
  actor?: string
  /** From which address; an administrator's is for superusers only. */
  ip_address?: string
  /** With which User-Agent; an administrator's is for superusers only. */
  user_agent?: string
  /** When it was. */
  timestamp: string
}

/** What happened. New types may come. */
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
   * How many records match, on all pages together; 10,000 stands for that many or more. With a filter it
   * counts among the latest 100,000 records of a log.
   */
  count: number
  /** Present, and true, when more records match than `count` says, or may match beyond those searched. */
  count_capped?: boolean
  /** The URL of the next page; null on the last one. */
  next: string | null
  /** The URL of the previous page; null on the first one. */
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
  /** The keys in use, those about to be and those that just were. */
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
  /** The id of the key, as in the header of a token. */
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
  /** All is well. */
  status: HealthStatus
}

/** All is well. */
export type HealthStatus = 'ok'

/** An OpenAPI document. The specification says what else is in it. */
export type ContractDocument = {
  /** The version of the OpenAPI specification. */
  openapi: string
  /** What the document describes. */
  info: ContractInfo
  /** The paths with their operations. */
  paths: ContractPaths
} & Record<string, unknown>

/** What the document describes. */
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
  /** The kind of problem, for people; the same for each `code`. */
  title: string
  /** The HTTP status, once more. */
  status: number
  /** A sentence or two for people. May be reworded. */
  detail: string
  /** The kind of problem, for programs. Stable. */
  code: ProblemCode
  /** The id of the request, as in `X-Request-Id`. */
  request_id: string
  /** What is wrong where. Only with the code `invalid`. */
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

/** One fault of a request, in the body (`pointer`) or in a parameter (`parameter`). */
export type FieldError = {
  /** Where in the body (RFC 6901); empty for the body as a whole. */
  pointer?: string
  /** The name of the query parameter. */
  parameter?: string
  /** What is wrong, for programs. The list is open, new codes may come. */
  code: string
  /** A sentence or two for people. May be reworded. */
  detail: string
}
