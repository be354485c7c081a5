// Generated from openapi.yaml by npm run generate. Do not edit.
/** The language of mails and pages. New languages may be added. */
export type Language = 'en' | 'ru' | (string & {})

/** The language of mails and pages. If the request does not name one, a new user gets `en`. */
export type NewLanguage = 'en' | 'ru'

/** The result, as a text for users. */
export type Message = {
  /** One or two sentences for users. The wording may change. */
  detail: string
}

/** The result, as a text for users. */
export type ActivationResult = {
  /** One or two sentences for users. The wording may change. */
  detail: string
  /**
   * True if another registration of the email address has activated the account. The account then has the
   * password of that registration. Otherwise this member is left out.
   */
  superseded?: boolean
}

/** The result, as a text for users. */
export type EmailConfirmed = {
  /** One or two sentences for users. The wording may change. */
  detail: string
  /**
   * The time until which the change can be undone by the link in the mail to the former email address. This
   * time may be in the past. The member is present only if the current email address was confirmed again.
   */
  undo_until?: string
}

/** An empty object. */
export type Acknowledgement = Record<string, never>

/** A registration. */
export type RegistrationRequest = {
  /**
   * The email address of a new account, or the new email address of an account. White space around it is
   * ignored. The local part must have no invisible characters, and must use one script and the digits of one
   * numbering system. Otherwise the error is `format`. Latin letters may be mixed with Chinese, Japanese and
   * Korean letters, and a tag after `+` may use another script. A local part with non-ASCII characters is
   * refused as `undeliverable` if the mail server of the service does not accept such email addresses
   * (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password. It must have at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`),
   * otherwise the error is `password_too_short`. The characters are counted as Unicode code points. The
   * password is normalised with NFKC, and never truncated or trimmed. With a block list (setting
   * `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A
   * password is refused as `password_too_personal` if it contains the email address, the name of the service
   * or words of either, and otherwise only digits and symbols. Both checks ignore case.
   */
  password: string
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  password_confirm: string
  /**
   * The first name, which may be empty. Characters that are invisible or change the direction of text are
   * refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need,
   * are accepted.
   */
  first_name?: string
  /** The last name, which may be empty. The characters that a first name must not have are refused here, too. */
  last_name?: string
  /** The language of mails and pages. If the request does not name one, a new user gets `en`. */
  language?: NewLanguage
}

/** The reply to a registration, the same for a free and for a taken email address. */
export type RegistrationAccepted = {
  /** One or two sentences for users. The wording may change. */
  detail: string
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
}

/** An activation. */
export type ActivationRequest = {
  /**
   * A code from a mail. A code works once. White space and punctuation after the code are ignored, because
   * mail programs add them to links.
   */
  code: string
}

/**
 * An email address to which to send a mail. This email address is refused as `undeliverable` under the same
 * conditions as a new email address.
 */
export type AddressRequest = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
}

/** A new password, authorized by a mailed code. */
export type PasswordRestoreRequest = {
  /**
   * A code from a mail. A code works once. White space and punctuation after the code are ignored, because
   * mail programs add them to links.
   */
  code: string
  /**
   * The new password. It must have at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`),
   * otherwise the error is `password_too_short`. The characters are counted as Unicode code points. The
   * password is normalised with NFKC, and never truncated or trimmed. With a block list (setting
   * `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A
   * password is refused as `password_too_personal` if it contains the email address, the name of the service
   * or words of either, and otherwise only digits and symbols. Both checks ignore case.
   */
  password: string
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  password_confirm: string
}

/** A user, with the members that the user sees. */
export type User = {
  /** The user's id. It never changes. */
  id: string
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /** The first name, which may be empty. */
  first_name: string
  /** The last name, which may be empty. */
  last_name: string
  /** The language of mails and pages. New languages may be added. */
  language: Language
  /** Whether the user may administer other users. */
  is_superuser: boolean
  /** When the account was created. */
  date_joined: string
  /** When the user last signed in. This member is missing until the first sign-in. */
  last_login?: string
}

/** The members of a profile to change. */
export type UserUpdate = {
  /**
   * The first name, which may be empty. Characters that are invisible or change the direction of text are
   * refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need,
   * are accepted.
   */
  first_name?: string
  /** The last name, which may be empty. The characters that a first name must not have are refused here, too. */
  last_name?: string
  /** The language of mails and pages. If the request does not name one, a new user gets `en`. */
  language?: NewLanguage
}

/** A new password, authorized by the current one. */
export type PasswordChangeRequest = {
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  current_password: string
  /**
   * The new password. It must have at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`),
   * otherwise the error is `password_too_short`. The characters are counted as Unicode code points. The
   * password is normalised with NFKC, and never truncated or trimmed. With a block list (setting
   * `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A
   * password is refused as `password_too_personal` if it contains the email address, the name of the service
   * or words of either, and otherwise only digits and symbols. Both checks ignore case.
   */
  password: string
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  password_confirm: string
}

/** A new email address, authorized by the current password. */
export type EmailChangeRequest = {
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  current_password: string
  /**
   * The email address of a new account, or the new email address of an account. White space around it is
   * ignored. The local part must have no invisible characters, and must use one script and the digits of one
   * numbering system. Otherwise the error is `format`. Latin letters may be mixed with Chinese, Japanese and
   * Korean letters, and a tag after `+` may use another script. A local part with non-ASCII characters is
   * refused as `undeliverable` if the mail server of the service does not accept such email addresses
   * (SMTPUTF8, RFC 6531).
   */
  email: string
}

/** The current password, for operations for which an access token is not enough. */
export type ReauthenticationRequest = {
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  current_password: string
}

/** The confirmation of a new email address. */
export type EmailConfirmationRequest = {
  /**
   * A code from a mail. A code works once. White space and punctuation after the code are ignored, because
   * mail programs add them to links.
   */
  code: string
}

/** A request to undo a change of email address. */
export type EmailChangeUndoRequest = {
  /**
   * A code from a mail. A code works once. White space and punctuation after the code are ignored, because
   * mail programs add them to links.
   */
  code: string
}

/** A user, with the members that superusers see. */
export type AdminUser = {
  /** An id. It never changes. */
  id: string
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /** The first name, which may be empty. */
  first_name: string
  /** The last name, which may be empty. */
  last_name: string
  /** The language of mails and pages. New languages may be added. */
  language: Language
  /** Whether the user may administer other users. */
  is_superuser: boolean
  /** Whether the user may sign in. False for a suspended user. */
  is_active: boolean
  /**
   * Whether a mailed code has confirmed the email address. False only for users who were created by a
   * superuser and have not set a password with a mailed code yet.
   */
  email_confirmed: boolean
  /**
   * Whether mail to the email address is suppressed, because a mail server reported that the address has no
   * mailbox. The user then gets no mails. The suppression ends after 90 days, or when an operator ends it.
   */
  email_suppressed: boolean
  /** When the account was created. */
  date_joined: string
  /** When the user last signed in. This member is missing until the first sign-in. */
  last_login?: string
  /**
   * The id that the user had in the system from which the user was imported. This member is missing for other
   * users.
   */
  legacy_id?: string
}

/** A page of users. */
export type UserPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
  /** The users of this page. */
  results: AdminUser[]
}

/** The order of users, by date of joining or by email address. A minus means descending. */
export type UserOrdering = '-date_joined' | 'date_joined' | 'email' | '-email'

/** A user to create. */
export type NewUserRequest = {
  /**
   * The email address of a new account, or the new email address of an account. White space around it is
   * ignored. The local part must have no invisible characters, and must use one script and the digits of one
   * numbering system. Otherwise the error is `format`. Latin letters may be mixed with Chinese, Japanese and
   * Korean letters, and a tag after `+` may use another script. A local part with non-ASCII characters is
   * refused as `undeliverable` if the mail server of the service does not accept such email addresses
   * (SMTPUTF8, RFC 6531).
   */
  email: string
  /**
   * The new password. It must have at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`),
   * otherwise the error is `password_too_short`. The characters are counted as Unicode code points. The
   * password is normalised with NFKC, and never truncated or trimmed. With a block list (setting
   * `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A
   * password is refused as `password_too_personal` if it contains the email address, the name of the service
   * or words of either, and otherwise only digits and symbols. Both checks ignore case.
   */
  password?: string
  /**
   * The first name, which may be empty. Characters that are invisible or change the direction of text are
   * refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need,
   * are accepted.
   */
  first_name?: string
  /** The last name, which may be empty. The characters that a first name must not have are refused here, too. */
  last_name?: string
  /** The language of mails and pages. If the request does not name one, a new user gets `en`. */
  language?: NewLanguage
  /** Whether the user may sign in. False for a suspended user. */
  is_active?: boolean
  /** Whether the user may administer other users. */
  is_superuser?: boolean
}

/** The members of a user to change. */
export type AdminUserUpdate = {
  /**
   * The first name, which may be empty. Characters that are invisible or change the direction of text are
   * refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need,
   * are accepted.
   */
  first_name?: string
  /** The last name, which may be empty. The characters that a first name must not have are refused here, too. */
  last_name?: string
  /** The language of mails and pages. If the request does not name one, a new user gets `en`. */
  language?: NewLanguage
  /** Whether the user may sign in. False for a suspended user. */
  is_active?: boolean
  /** Whether the user may administer other users. */
  is_superuser?: boolean
}

/** The lockouts of a user. */
export type Lockouts = {
  /** The lockouts, in no particular order. */
  lockouts: Lockout[]
  /**
   * Present and true if there may be lockouts of further networks, which were not searched. `liftLockouts`
   * does not end them.
   */
  lockouts_capped?: boolean
}

/** The users who are locked out. */
export type LockedUsers = {
  /** The users, the one who was locked last first. */
  users: LockedUser[]
  /** Present and true if there may be further lockouts, which were not searched. */
  users_capped?: boolean
}

/** A user who is locked out in some networks. */
export type LockedUser = {
  /** An id. It never changes. */
  id: string
  /** The email address of the user. */
  email: string
  /** The lockouts of the user, in no particular order. */
  lockouts: Lockout[]
}

/** A period in which sign-ins to an account are refused. */
export type Lockout = {
  /**
   * The network whose sign-ins are refused: an IPv4 address, or the /64 or /48 network of an IPv6 address.
   * This member is missing if sign-ins are refused from every network from which the user has not signed in
   * before.
   */
  network?: string
  /** When the lockout ends. */
  expires_at: string
}

/** A mail, without its text. */
export type Mail = {
  /** An id. It never changes. */
  id: string
  /** The kind of mail. New kinds may be added. */
  kind: MailKind
  /**
   * The email address of the recipient. This member is missing if the mail was dropped and the email address
   * belongs to no user.
   */
  email?: string
  /**
   * The state of the delivery. A `queued` mail waits for its first or next attempt, or is being sent. A mail
   * has `failed` if no attempt could deliver it. A mail is `dropped` if the service decided not to send it,
   * for example because the email address has no account. New states may be added.
   */
  status: MailStatus
  /** How often the service has tried to send the mail. */
  attempts: number
  /**
   * Why the last attempt failed, or why the mail was dropped, without email addresses and codes. This member
   * is missing if there was no error.
   */
  last_error?: string
  /** When the mail was requested. */
  created_at: string
  /** When the mail was sent. This member is missing if the mail was not sent. */
  sent_at?: string
}

/** The kind of mail. New kinds may be added. */
export type MailKind =
  | 'activation'
  | 'restore'
  | 'invitation'
  | 'confirm_email'
  | 'email_changed'
  | 'email_change_undone'
  | 'password_changed'
  | 'new_device'
  | 'new_devices'
  | 'account_deleted'
  | (string & {})

/**
 * The state of the delivery. A `queued` mail waits for its first or next attempt, or is being sent. A mail
 * has `failed` if no attempt could deliver it. A mail is `dropped` if the service decided not to send it,
 * for example because the email address has no account. New states may be added.
 */
export type MailStatus = 'queued' | 'sent' | 'failed' | 'dropped' | (string & {})

/** The state of the delivery of mails. */
export type MailStatusFilter = 'queued' | 'sent' | 'failed' | 'dropped'

/** A page of mails. */
export type MailPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
  /** The mails of this page. */
  results: Mail[]
}

/** An email address that gets no mails. */
export type SuppressedAddress = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /**
   * Who reported that there is no mailbox: the mail server when the mail was sent (`smtp`), or a later
   * delivery status notification (`dsn`). New sources may be added.
   */
  source: SuppressionSource
  /** The status code (RFC 3463) or the reply code of the mail server. */
  reason: string
  /** The text of the reply or notification, without email addresses. */
  diagnostic: string
  /** When the email address was suppressed. */
  created_at: string
}

/**
 * Who reported that there is no mailbox: the mail server when the mail was sent (`smtp`), or a later
 * delivery status notification (`dsn`). New sources may be added.
 */
export type SuppressionSource = 'smtp' | 'dsn' | (string & {})

/** A page of suppressed email addresses. */
export type SuppressedAddressPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
  /** The suppressed email addresses of this page. */
  results: SuppressedAddress[]
}

/** An email address that gets mails again. */
export type SuppressedEmailRequest = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
}

/** The limits in force. */
export type Limits = {
  /** The limits, in a fixed order. The list is empty if nothing is limited. */
  limits: Limit[]
  /** Present and true if there may be further subjects than the 100,000 that were counted. */
  subjects_capped?: boolean
}

/** A rate limit, and its use at the moment. */
export type Limit = {
  /** The name of the limit, as in the header `RateLimit-Policy`. */
  name: string
  /** How many points a subject has in a window. */
  count: number
  /** The length of a window in seconds. */
  window: number
  /** The kinds of subjects. Each subject has points of its own. */
  counted_by: LimitSubject[]
  /**
   * How many subjects have used points of their windows. This member is missing for limits of mails, which
   * are counted in the list of mails.
   */
  used?: number
  /** How many of these subjects have no point left. This member is missing if `used` is missing. */
  used_up?: number
}

/**
 * What has the points of a limit. A `network` is an IPv4 address or the /64 network of an IPv6 address, and
 * a `site` is the /48 network of an IPv6 address. An `account_in_network` has points for one account in one
 * network. A `recipient` is the email address of a mail. New subjects may be added.
 */
export type LimitSubject =
  'account' | 'network' | 'site' | 'account_in_network' | 'account_in_site' | 'session' | 'recipient' | (string & {})

/** The keys of access tokens. */
export type SigningKeys = {
  /** The published keys, the newest first. */
  keys: SigningKey[]
}

/** A key of access tokens, without its private key. */
export type SigningKey = {
  /** The id of the key, as in the header of a token. */
  kid: string
  /**
   * Whether the key signs. The `next` key is published, but does not sign yet. The `current` key signs. A
   * `former` key no longer signs, but verifies the tokens that it has signed. New states may be added.
   */
  state: SigningKeyState
  /** When the key was created. */
  created_at: string
  /** When the key begins to sign. */
  signs_from: string
  /** The time until which the key is published. This member is missing if no other key replaces the key. */
  retires_at?: string
}

/**
 * Whether the key signs. The `next` key is published, but does not sign yet. The `current` key signs. A
 * `former` key no longer signs, but verifies the tokens that it has signed. New states may be added.
 */
export type SigningKeyState = 'next' | 'current' | 'former' | (string & {})

/** All data that is stored about a user, except secrets. Lists are ordered by time, oldest first. */
export type Export = {
  /** When the export was made. */
  exported_at: string
  /** A user, with the members that superusers see. */
  user: AdminUser
  /** The email addresses that belong to the account. */
  addresses: ExportedAddress[]
  /** Requested changes of the email address. */
  email_changes: ExportedEmailChange[]
  /** Active sessions, and ended sessions for as long as the service keeps them. */
  sessions: ExportedSession[]
  /** Known devices. The service keeps them to recognize sign-ins from new devices. */
  devices: ExportedDevice[]
  /** Successful sign-ins. */
  login_logs: LoginLog[]
  /** Other events that concern the account. */
  security_events: SecurityEvent[]
  /**
   * Records of mails to the user's email addresses, for as long as the service keeps them. The texts of the
   * mails are not stored.
   */
  mails: ExportedMail[]
}

/** An email address that belongs to the account. */
export type ExportedAddress = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /**
   * Whether this is the current email address of the account or a former email address, which is held for 7
   * days.
   */
  kind: AddressKind
  /** The time until which a former email address is held for the undo of its change. */
  held_until?: string
}

/**
 * Whether this is the current email address of the account or a former email address, which is held for 7
 * days.
 */
export type AddressKind = 'current' | 'held'

/** A requested change of the email address. */
export type ExportedEmailChange = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /** The previous email address, once the change has taken effect. */
  old_email?: string
  /** When the change was requested. */
  requested_at: string
  /** When the change took effect. This member is missing if the change has not taken effect. */
  confirmed_at?: string
  /** When the change was undone. This member is missing if the change was not undone. */
  undone_at?: string
}

/** A session. */
export type ExportedSession = {
  /** An id. It never changes. */
  id: string
  /** When the session began with a sign-in. */
  created_at: string
  /** When the tokens were last refreshed, or the time of the sign-in if the tokens were never refreshed. */
  last_used_at: string
  /** When the session expires, unless its tokens are refreshed before this time. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters and without invisible characters. Empty if the
   * client sent no User-Agent.
   */
  user_agent: string
  /** The IPv4 or IPv6 address of the last refresh, or of the sign-in if there was no refresh. */
  last_ip_address: string
  /** The User-Agent of the last refresh, or of the sign-in if there was no refresh. */
  last_user_agent: string
  /** When the session was ended. This member is missing if the session was not ended. */
  ended_at?: string
  /** Why the session was ended. New reasons may be added. */
  ended_by?: string
}

/** A known device in a network. */
export type ExportedDevice = {
  /** The network of the client, /24 for IPv4 and /64 for IPv6. */
  network: string
  /** The User-Agent without version numbers. */
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
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  address: string
  /** The state of the delivery. New states may be added. */
  status: string
  /** When the mail was requested. */
  created_at: string
  /** When the mail was sent. This member is missing if the mail was not sent. */
  sent_at?: string
}

/** A session. It begins with a sign-in and includes all pairs of tokens that the service issues for it. */
export type Session = {
  /** An id. It never changes. */
  id: string
  /** When the session began with a sign-in. */
  created_at: string
  /** When the tokens were last refreshed, or the time of the sign-in if the tokens were never refreshed. */
  last_used_at: string
  /** When the session expires, unless its tokens are refreshed before this time. */
  expires_at: string
  /** The IPv4 or IPv6 address of the client. */
  ip_address: string
  /**
   * The client's User-Agent, shortened to 512 characters and without invisible characters. Empty if the
   * client sent no User-Agent.
   */
  user_agent: string
  /** The IPv4 or IPv6 address of the last refresh, or of the sign-in if there was no refresh. */
  last_ip_address: string
  /** The User-Agent of the last refresh, or of the sign-in if there was no refresh. */
  last_user_agent: string
  /** Whether this session sent the request. */
  is_current: boolean
}

/** A page of sessions. */
export type SessionPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
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
  /** The number of active sessions that were ended. 10,000 is also returned for any larger number. */
  revoked: number
}

/** The credentials of a user. */
export type Credentials = {
  /**
   * An email address, which may be internationalised. White space around it is ignored. Email addresses are
   * compared in a normalized form: in lower case, with the domain in its IDNA form.
   */
  email: string
  /** A password, compared after NFKC normalization. `password_confirm` repeats the new password. */
  password: string
  /**
   * Whether the refresh token is set as a cookie that scripts cannot read, instead of being in the body. For
   * clients that run in a browser.
   */
  refresh_cookie?: boolean
}

/** The refresh token to exchange, or a refresh token of the session to end. */
export type RefreshRequest = {
  /**
   * The refresh token as received in `refresh`. Leave it empty to use the token in the cookie. An empty value
   * in a request without the cookie is refused with 400.
   */
  refresh: string
}

/** A token to check. */
export type VerificationRequest = {
  /** A token as received in `access` or `refresh`. */
  token: string
}

/** The tokens of a session. */
export type TokenPair = {
  /**
   * The access token, valid for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`): a JWT of the type `at+jwt`,
   * signed by ES256. Its claims are `iss`, `aud`, `sub` and `user_id` (both are the user's id), `sid` (the
   * session's id), `jti`, `iat`, `exp` and `token_type` (`access`). The setting `ACCESS_TOKEN_CLAIMS` adds
   * the user's `email`, `language` and `roles` (a list that contains `superuser` or is empty), with their
   * values at the time when the token is issued. With the setting `USER_ID_CLAIM=legacy`, `user_id` of an
   * imported user is the user's `legacy_id`, as a number if it is an integer.
   */
  access: string
  /**
   * The refresh token, valid for one exchange within a day (setting `REFRESH_TOKEN_LIFETIME`), and never
   * longer than 30 days after the sign-in (setting `SESSION_LIFETIME`). Clients must not interpret its
   * content. It is empty if the token is in the cookie.
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
   * The client's User-Agent, shortened to 512 characters and without invisible characters. Empty if the
   * client sent no User-Agent.
   */
  user_agent: string
  /** The time of the sign-in. */
  timestamp: string
}

/** A page of the login log. */
export type LoginLogPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
  /** The records of this page. */
  results: LoginLog[]
}

/**
 * An event that concerns the security of an account, other than a successful sign-in. After a user is
 * deleted, the IP address and the User-Agent of the user's events are left out.
 */
export type SecurityEvent = {
  /** An id. It never changes. */
  id: string
  /** What happened. New types may be added. */
  type: SecurityEventType
  /**
   * The id of the affected user. Left out if the event affects no user, for example after a sign-in with an
   * unknown email address.
   */
  user?: string
  /**
   * The id of the superuser who caused the event. Left out for actions of the users themselves and of
   * operators.
   */
  actor?: string
  /** The IP address of the client. If a superuser caused the event, only superusers see the IP address. */
  ip_address?: string
  /** The User-Agent of the client. If a superuser caused the event, only superusers see the User-Agent. */
  user_agent?: string
  /** The time of the event. */
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
  | 'lockouts_lifted'
  | 'mail_retried'
  | 'mail_discarded'
  | 'email_unsuppressed'
  | (string & {})

/** A type of security events. */
export type SecurityEventTypeFilter =
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
  | 'lockouts_lifted'
  | 'mail_retried'
  | 'mail_discarded'
  | 'email_unsuppressed'

/** A page of security events. */
export type SecurityEventPage = {
  /**
   * The number of matching records on all pages. 10,000 is also returned for any larger number. With a
   * filter, only the latest 100,000 records of a log are counted.
   */
  count: number
  /**
   * Present and true if more records match than `count` says, or if further records that were not searched
   * may match.
   */
  count_capped?: boolean
  /** The URL of the next page. Null on the last page. */
  next: string | null
  /** The URL of the previous page. Null on the first page. */
  previous: string | null
  /** The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page. */
  next_cursor: string | null
  /**
   * The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first
   * page.
   */
  previous_cursor: string | null
  /** The events of this page. */
  results: SecurityEvent[]
}

/** The order of records, oldest (`timestamp`) or latest (`-timestamp`) first. */
export type TimestampOrdering = '-timestamp' | 'timestamp'

/** The period of statistics, 24 hours by hour (`day`) or 30 days by day (`month`). */
export type Period = 'day' | 'month'

/** The numbers of sign-ins over time. */
export type SignInStatistics = {
  /** The intervals of the period, the earliest first. */
  intervals: SignInInterval[]
}

/** The numbers of sign-ins in an interval. 50,000 is also returned for any larger number. */
export type SignInInterval = {
  /** The start of the interval. */
  start: string
  /** The number of successful sign-ins, as in `listLoginLogs`. */
  sign_ins: number
  /** The number of security events of the type `sign_in_failed`. */
  failed_sign_ins: number
  /** The number of security events of the type `account_locked`. */
  lockouts: number
  /** Present and true if one of the numbers is larger than 50,000. */
  count_capped?: boolean
}

/** A JSON Web Key Set (RFC 7517). */
export type Jwks = {
  /** The key that signs now, the key that will sign next, and keys that signed until recently. */
  keys: Jwk[]
}

/** The metadata of the issuer (OpenID Connect Discovery 1.0, RFC 8414). */
export type Discovery = {
  /** The value of the claim `iss` of every token. */
  issuer: string
  /** The URL of getJwks. */
  jwks_uri: string
  /** Always empty, because there is no authorization endpoint. */
  response_types_supported: string[]
  /** `public` means that all products see the same `sub` for a user. */
  subject_types_supported: string[]
  /** The algorithm of access tokens. */
  id_token_signing_alg_values_supported: JwkAlgorithm[]
}

/** A public key. It has no private members. */
export type Jwk = {
  /** The key type. `EC` is an elliptic-curve key. */
  kty: JwkKeyType
  /** What the key is used for: to verify signatures. */
  use: JwkUse
  /** The only algorithm with which the key is used. */
  alg: JwkAlgorithm
  /** The id of the key, as in the header of the token. */
  kid: string
  /** The elliptic curve of the key. */
  crv: JwkCurve
  /** A coordinate of the point, 32 bytes in base64url. */
  x: string
  /** A coordinate of the point, 32 bytes in base64url. */
  y: string
}

/** The key type. `EC` is an elliptic-curve key. */
export type JwkKeyType = 'EC'

/** What the key is used for: to verify signatures. */
export type JwkUse = 'sig'

/** The only algorithm with which the key is used. */
export type JwkAlgorithm = 'ES256'

/** The elliptic curve of the key. */
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
  /** The semantic version of the contract. */
  version: string
} & Record<string, unknown>

/** The paths with their operations. */
export type ContractPaths = Record<string, unknown>

/** A problem document (RFC 9457). */
export type ProblemDocument = {
  /**
   * The kind of problem, as the URL of a page about it. The URL consists of the public URL of the service,
   * `/problems/` and the `code`.
   */
  type: string
  /** The kind of problem, for users. Problems with the same `code` have the same title. */
  title: string
  /** The HTTP status of the reply. */
  status: number
  /** One or two sentences for users. The wording may change. */
  detail: string
  /** The kind of problem, for programs. A code never changes its meaning. New codes may be added. */
  code: ProblemCode
  /** The id of the request, as in `X-Request-Id`. */
  request_id: string
  /** The errors of the request. Present only with the code `invalid`. */
  errors?: FieldError[]
}

/** The kind of problem, for programs. A code never changes its meaning. New codes may be added. */
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
  | 'origin_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'email_taken'
  | 'last_superuser'
  | 'idempotency_key_reused'
  | 'mail_not_pending'
  | 'precondition_failed'
  | 'request_timeout'
  | 'content_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'throttled'
  | 'internal'
  | 'unavailable'
  | (string & {})

/** One error of a request, in the body (`pointer`) or in a parameter (`parameter`). */
export type FieldError = {
  /** The location of the error in the body (RFC 6901). Empty if the error concerns the body as a whole. */
  pointer?: string
  /** The name of the query parameter or header field. */
  parameter?: string
  /** The kind of error, for programs. New codes may be added. */
  code: string
  /** One or two sentences for users. The wording may change. */
  detail: string
}
