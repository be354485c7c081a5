// Generated from openapi.yaml by npm run generate. Do not edit.
import { Connection, eachOf, type CallOptions } from './runtime.ts'
import type {
  Message,
  ActivationResult,
  EmailConfirmed,
  Acknowledgement,
  RegistrationRequest,
  RegistrationAccepted,
  ActivationRequest,
  AddressRequest,
  PasswordRestoreRequest,
  User,
  UserUpdate,
  PasswordChangeRequest,
  EmailChangeRequest,
  ReauthenticationRequest,
  EmailConfirmationRequest,
  EmailChangeUndoRequest,
  AdminUser,
  UserPage,
  UserOrdering,
  NewUserRequest,
  AdminUserUpdate,
  Export,
  Session,
  SessionPage,
  SessionsRevocationRequest,
  SessionsRevoked,
  Credentials,
  RefreshRequest,
  VerificationRequest,
  TokenPair,
  LoginLog,
  LoginLogPage,
  SecurityEvent,
  SecurityEventType,
  SecurityEventPage,
  SecurityEventOrdering,
  LoginLogOrdering,
  Jwks,
  Health,
  ContractDocument,
} from './types.ts'

export { Problem, UnexpectedAnswer } from './errors.ts'
export type { CallOptions, ClientOptions } from './runtime.ts'
export type * from './types.ts'

export type ActivateUserQuery = {
  /** The code from the activation mail. */
  code: string
}

export type ListUsersQuery = {
  /** Only the user with this address, compared in its normal form. */
  email?: string | undefined
  /** Only users whose address or names contain this text; case makes no difference. */
  search?: string | undefined
  /** Only users who are active, or only those who are suspended. */
  is_active?: boolean | undefined
  /** Only superusers, or only the others. */
  is_superuser?: boolean | undefined
  /** By when they joined or by address, ascending or descending; case makes no difference. */
  ordering?: UserOrdering | undefined
  /** How many records a page holds. */
  page_size?: number | undefined
  /**
   * A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that
   * was altered is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSessionsQuery = {
  /** How many records a page holds. */
  page_size?: number | undefined
  /**
   * A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that
   * was altered is refused with 400.
   */
  cursor?: string | undefined
}

export type ListLoginLogsQuery = {
  /** Only records of this moment or later. A moment without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records of this moment or earlier. A moment without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address, in whichever way it is written. Anything else is
   * refused with 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text; case makes no difference. */
  user_agent?: string | undefined
  /** Only records of this user. For superusers; other users may name themselves only. */
  user?: string | undefined
  /** Oldest or latest first. */
  ordering?: LoginLogOrdering | undefined
  /** How many records a page holds. */
  page_size?: number | undefined
  /**
   * A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that
   * was altered is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSecurityEventsQuery = {
  /** Only records of this moment or later. A moment without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records of this moment or earlier. A moment without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address, in whichever way it is written. Anything else is
   * refused with 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text; case makes no difference. */
  user_agent?: string | undefined
  /** Only records of this user. For superusers; other users may name themselves only. */
  user?: string | undefined
  /** Only events of this type. */
  type?: SecurityEventType | undefined
  /** Oldest or latest first. */
  ordering?: SecurityEventOrdering | undefined
  /** How many records a page holds. */
  page_size?: number | undefined
  /**
   * A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that
   * was altered is refused with 400.
   */
  cursor?: string | undefined
}

/** The operations of the service. The client keeps the tokens of the signed-in user, sends them and renews them. */
export class Client extends Connection {
  /**
   * Register with an address and a password.
   * Mails an activation link to the address. The answer is the same whether or not the address is taken: its
   * owner gets a notice instead. Each registration waits apart from the others with its own password. Only
   * the mail that this request causes can activate it, within 24 hours. After that, and for 7 days,
   * `resendActivation` and `forgotPassword` lead to an account with another password.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  registerUser(body: RegistrationRequest, options: CallOptions = {}): Promise<RegistrationAccepted> {
    return this.send<RegistrationAccepted>({ method: 'POST', path: '/api/v1/users/register/', body, ...options })
  }

  /**
   * Activate an account by the mailed link.
   * The link in the activation mail. An API client's GET activates the account; a browser, whose `Accept`
   * header prefers `text/html`, is sent on with 303 to a page that asks for a click, so that a mail scanner
   * that follows links uses nothing up. In production (setting `ACTIVATE_BY_GET`) only a GET whose `Accept`
   * names `application/json` activates. HEAD never does. Following the link again answers "already active",
   * as `confirmActivation` does. A browser whose link has lost its code is sent to the page, too, which says
   * so.
   * @throws Problem with status 400, 500, 503
   */
  activateUser(query: ActivateUserQuery, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'GET', path: '/api/v1/users/activate/', query, ...options })
  }

  /**
   * Activate an account with the mailed code.
   * Does what the mailed link does, whatever the client accepts. A used code of an account that is active
   * answers 200 "already active". So does the code of a registration that another registration of the same
   * address preceded: the answer has `superseded` then, and the password is that of the registration that was
   * activated first. Every other code that is wrong, used, expired or of another user gets one and the same
   * error.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmActivation(body: ActivationRequest, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'POST', path: '/api/v1/users/activate/', body, ...options })
  }

  /**
   * Mail a link to finish signing up.
   * Mails a recovery link, good for an hour at most, if a registration of the address waits:
   * `restorePassword` with its code creates the account with the password given there. The link never
   * activates the password of a registration, because that registration may be a stranger's. The activation
   * link of each registration stays good. The owner of an active account gets a notice instead. The answer is
   * always the same and reveals nothing about the address. Requests from one network are limited, together
   * with those of `forgotPassword`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  resendActivation(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/activate/resend/', body, ...options })
  }

  /**
   * Ask for password recovery.
   * Mails a link with a recovery code, good for an hour at most, if the address belongs to an account. An
   * address that only has registrations which wait for activation gets such a link, too: `restorePassword`
   * with its code creates the account. The answer is always the same and reveals nothing about the address.
   * Requests from one network are limited, together with those of `resendActivation`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  forgotPassword(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/forgot-password/', body, ...options })
  }

  /**
   * Set a new password with the mailed code.
   * Sets the password, uses the code up and ends every session of the account; a notice is mailed to its
   * address. The devices that the account was signed in from are forgotten, apart from the one that sends
   * this request. It does not sign in: call `createToken` with the new password. A code that does not work is
   * reported before what is wrong with the password, which uses no code up.
   * For an address without an account the code of `forgotPassword` or `resendActivation` creates the account
   * with this password. Every registration of the address is void then: of a registration nothing is kept but
   * the language, and its activation code stops working. If the address was taken in the meantime, the answer
   * is `code_invalid`.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  restorePassword(body: PasswordRestoreRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/restore-password/', body, ...options })
  }

  /**
   * Read one's own profile.
   * Answers with the signed-in user's profile as it is stored now, not as it was when the token was issued.
   * @throws Problem with status 401, 500, 503
   */
  getMe(options: CallOptions = {}): Promise<User> {
    return this.send<User>({ method: 'GET', path: '/api/v1/users/me/', signed: true, ...options })
  }

  /**
   * Change one's own profile.
   * Changes the members that are sent and leaves the others as they are; an empty object changes nothing.
   * Names and language only: any other member, `is_superuser` or `email` for example, is refused with 400.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  updateMe(body: UserUpdate, options: CallOptions = {}): Promise<User> {
    return this.send<User>({ method: 'PATCH', path: '/api/v1/users/me/', body, signed: true, ...options })
  }

  /**
   * Change one's own password.
   * Sets a new password after the current one was checked. Every other session of the account ends, mailed
   * codes that were not used yet stop working, and a notice is mailed to the account's address. The session
   * that asks goes on. Changes of one account are limited.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  changePassword(body: PasswordChangeRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({
      method: 'POST',
      path: '/api/v1/users/me/change-password/',
      body,
      signed: true,
      ...options,
    })
  }

  /**
   * Ask for another email address.
   * Mails a confirmation code to the new address after the current password was checked; until `confirmEmail`
   * gets that code nothing changes. The answer is the same whether or not somebody else has the new address:
   * then nothing is mailed. A newer request ends the one before, and so does a new password. The present
   * address is refused as `unchanged`, with one exception: after a password recovery at an address that came
   * by a change, that address can be requested once more. Confirming it ends the undo of the change (see
   * `confirmEmail`). Requests are limited by account and by network.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  changeEmail(body: EmailChangeRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({
      method: 'POST',
      path: '/api/v1/users/me/change-email/',
      body,
      signed: true,
      ...options,
    })
  }

  /**
   * Export everything that is stored about oneself.
   * Answers with one JSON document: profile, addresses, sessions, sign-ins, security events and mails.
   * Secrets are not in it: neither the hash of the password nor codes or tokens. The current password is
   * asked for once more. The document has no limit of size and is sent while it is read: if the connection
   * ends before the answer does, ask again.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  exportMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<Export> {
    return this.send<Export>({ method: 'POST', path: '/api/v1/users/me/export/', body, signed: true, ...options })
  }

  /**
   * Delete one's own account.
   * Erases the account and all personal data after the current password was checked: profile, addresses,
   * sessions, sign-ins, and what is known of mails; those that wait are not sent. Security events stay,
   * without address and device. Tokens and mailed codes stop working at once, the link that undoes a change
   * of address among them, and the address can register again. A notice is mailed to the address, and to a
   * former one that could still undo a change; the record of that mail is deleted when it is sent, after a
   * day at the latest. The last active superuser cannot be deleted; superusers without a password do not
   * count.
   * @throws Problem with status 400, 401, 409, 413, 415, 429, 500, 503
   */
  deleteMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({ method: 'POST', path: '/api/v1/users/me/delete/', body, signed: true, ...options })
  }

  /**
   * Confirm a new email address with the mailed code.
   * Makes the new address the one to sign in with and to mail to. The old address gets a notice with a link
   * that undoes the change for 7 days; nobody else can take the old address in that time.
   * The owner of the new address can shorten that time: recover the password at the new address, request the
   * same address by `changeEmail` and confirm it again. The undo then ends 72 hours after the change, or at
   * once if they have passed, and the answer has `undo_until`. It never ends earlier, because a person who
   * has taken over the account can do the same. An operator ends it at once by `npm run users -- end-undo
   * EMAIL`.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmEmail(body: EmailConfirmationRequest, options: CallOptions = {}): Promise<EmailConfirmed> {
    return this.send<EmailConfirmed>({ method: 'POST', path: '/api/v1/users/confirm-email/', body, ...options })
  }

  /**
   * Undo a change of the email address with the mailed code.
   * For the owner of an account whose address somebody else has changed: brings the old address back, ends
   * every session and takes the password away. A recovery link goes to the old address, for a new password;
   * limits on mail do not hold it back. A notice goes to the address that the account had until now. Changes
   * that came after it are undone with it, and the addresses they brought are free again. The devices that
   * the account was signed in from are forgotten, apart from the one that sends this request.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  undoEmailChange(body: EmailChangeUndoRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/undo-email/', body, ...options })
  }

  /**
   * List and search users.
   * For superusers. The latest first unless ordered otherwise. Filters combine: a user has to match them all.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listUsers(query: ListUsersQuery = {}, options: CallOptions = {}): Promise<UserPage> {
    return this.send<UserPage>({ method: 'GET', path: '/api/v1/users/', query, signed: true, ...options })
  }

  /**
   * List and search users: each item of each page, for `for await`.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateUsers(query: ListUsersQuery = {}, options: CallOptions = {}): AsyncGenerator<AdminUser, void, undefined> {
    return eachOf((cursor) => this.listUsers({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Create a user.
   * For superusers. Without a password an active user is mailed an invitation: its link leads to the page
   * where the user sets one, for 7 days. `email_confirmed` is false until a mailed code of the user was used.
   * Registrations of the address that wait for their activation are void.
   * @throws Problem with status 400, 401, 403, 409, 413, 415, 500, 503
   */
  createUser(body: NewUserRequest, options: CallOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({ method: 'POST', path: '/api/v1/users/', body, signed: true, ...options })
  }

  /**
   * Read a user.
   * For superusers. Answers with the user's profile and state as they are stored now.
   * @throws Problem with status 401, 403, 404, 500, 503
   */
  getUser(userId: string, options: CallOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({
      method: 'GET',
      path: `/api/v1/users/${encodeURIComponent(userId)}/`,
      signed: true,
      ...options,
    })
  }

  /**
   * Change, suspend or promote a user.
   * For superusers. Changes the members that are sent and leaves the others as they are. `is_active: false`
   * suspends: every session of the user ends at once, tokens and mailed codes stop working, and nobody can
   * sign in until it is true again. The last active superuser can neither be suspended nor demoted;
   * superusers without a password do not count.
   * @throws Problem with status 400, 401, 403, 404, 409, 413, 415, 500, 503
   */
  updateUser(userId: string, body: AdminUserUpdate, options: CallOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({
      method: 'PATCH',
      path: `/api/v1/users/${encodeURIComponent(userId)}/`,
      body,
      signed: true,
      ...options,
    })
  }

  /**
   * Delete a user.
   * For superusers. Erases the account and all personal data as `deleteMe` does, and notifies its address.
   * The last active superuser cannot be deleted; superusers without a password do not count.
   * @throws Problem with status 401, 403, 404, 409, 500, 503
   */
  deleteUser(userId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'DELETE',
      path: `/api/v1/users/${encodeURIComponent(userId)}/`,
      signed: true,
      ...options,
    })
  }

  /**
   * End every session of a user.
   * For superusers. Ends every session of the user, access tokens included; the user can sign in again.
   * @throws Problem with status 401, 403, 404, 500, 503
   */
  revokeUserSessions(userId: string, options: CallOptions = {}): Promise<SessionsRevoked> {
    return this.send<SessionsRevoked>({
      method: 'POST',
      path: `/api/v1/users/${encodeURIComponent(userId)}/revoke-sessions/`,
      signed: true,
      ...options,
    })
  }

  /**
   * Sign in and get a pair of tokens.
   * Begins a session and records the sign-in in the login log. A wrong password, an unknown address and an
   * inactive account get the same answer after the same time; each is a security event. A sign-in from a
   * device or network that the account was not signed in from before is one too, and is told to its owner by
   * mail. Passwords are checked in a bounded queue that is fair between networks: when it is full, the answer
   * is 503 with `Retry-After`. A user has at most 100 live sessions (setting `MAX_SESSIONS`): a sign-in
   * beyond that ends the oldest.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  createToken(body: Credentials, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(body, this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/', body, ...options }))
  }

  /**
   * Exchange a refresh token for a new pair.
   * Rotates the refresh token (RFC 9700, 4.14.2): keep the new one, the old one has expired. Repeating the
   * request within 30 seconds (setting `REFRESH_GRACE`), after a lost answer for example, gets a working pair
   * again. The repetition has to come from the network (a /24 of IPv4, a /64 of IPv6) and the User-Agent of
   * the first request; if only one of them is the same, it is answered twice, then 401. A repetition from
   * another network with another User-Agent, and an older token presented later, end the session and are a
   * security event. So is a refresh from another network than before, at most once an hour.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  refreshToken(body: RefreshRequest, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(
      body,
      this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/refresh/', body, ...options }),
    )
  }

  /**
   * Check whether a token is live.
   * Answers 200 for a live token, access or refresh: well signed, not expired, its session not ended. A
   * refresh token within its grace is live. Checking uses nothing up and renews nothing.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  verifyToken(body: VerificationRequest, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.send<Acknowledgement>({ method: 'POST', path: '/api/v1/auth/token/verify/', body, ...options })
  }

  /**
   * Sign out.
   * Ends the session of the refresh token, its access tokens included. Any refresh token of the session will
   * do, expired and exchanged ones too. The answer is 200 whatever the string (RFC 7009, 2.2): it tells
   * nothing about the token.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  revokeToken(body: RefreshRequest, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.send<Acknowledgement>({ method: 'POST', path: '/api/v1/auth/token/blacklist/', body, ...options })
  }

  /**
   * List one's own sessions.
   * The live sessions of the signed-in user, the latest sign-in first: where each began, when it was last
   * used and from where. A session is one sign-in and every pair of tokens that was renewed from it.
   * @throws Problem with status 400, 401, 500, 503
   */
  listSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): Promise<SessionPage> {
    return this.send<SessionPage>({ method: 'GET', path: '/api/v1/auth/sessions/', query, signed: true, ...options })
  }

  /**
   * List one's own sessions: each item of each page, for `for await`.
   * @throws Problem with status 400, 401, 500, 503
   */
  iterateSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): AsyncGenerator<Session, void, undefined> {
    return eachOf((cursor) => this.listSessions({ ...query, cursor }, options), query.cursor)
  }

  /**
   * End all of one's own sessions, or all but this one.
   * Ends the sessions at once: neither their refresh tokens nor their access tokens are answered any more.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  revokeSessions(body: SessionsRevocationRequest, options: CallOptions = {}): Promise<SessionsRevoked> {
    return this.send<SessionsRevoked>({
      method: 'POST',
      path: '/api/v1/auth/sessions/revoke/',
      body,
      signed: true,
      ...options,
    })
  }

  /**
   * End one of one's own sessions.
   * Ends the session at once, the one that asks included. A session that is over, unknown or somebody else's
   * is a 404.
   * @throws Problem with status 401, 404, 500, 503
   */
  revokeSession(sessionId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'DELETE',
      path: `/api/v1/auth/sessions/${encodeURIComponent(sessionId)}/`,
      signed: true,
      ...options,
    })
  }

  /**
   * List successful sign-ins.
   * One record for each successful sign-in and for nothing else, the latest first unless ordered otherwise.
   * Users see their own records; superusers see everybody's and can narrow them down by `user`. Filters
   * combine: a record has to match them all.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listLoginLogs(query: ListLoginLogsQuery = {}, options: CallOptions = {}): Promise<LoginLogPage> {
    return this.send<LoginLogPage>({ method: 'GET', path: '/api/v1/logs/login/', query, signed: true, ...options })
  }

  /**
   * List successful sign-ins: each item of each page, for `for await`.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateLoginLogs(
    query: ListLoginLogsQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<LoginLog, void, undefined> {
    return eachOf((cursor) => this.listLoginLogs({ ...query, cursor }, options), query.cursor)
  }

  /**
   * List security events.
   * What happened to accounts, beside successful sign-ins: failed ones, ended sessions, changes and acts of
   * administrators. The latest first unless ordered otherwise. Users see their own; superusers see
   * everybody's and can narrow them down by `user`. Filters combine: an event has to match them all.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listSecurityEvents(query: ListSecurityEventsQuery = {}, options: CallOptions = {}): Promise<SecurityEventPage> {
    return this.send<SecurityEventPage>({
      method: 'GET',
      path: '/api/v1/logs/security/',
      query,
      signed: true,
      ...options,
    })
  }

  /**
   * List security events: each item of each page, for `for await`.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateSecurityEvents(
    query: ListSecurityEventsQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<SecurityEvent, void, undefined> {
    return eachOf((cursor) => this.listSecurityEvents({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Get the public keys of access tokens.
   * The JSON Web Key Set (RFC 7517) to verify access tokens with, without asking this service. Choose the key
   * by the token's `kid`; a new key is published before it signs. Whoever verifies this way sees that a
   * session has ended only when its access token expires.
   * @throws Problem with status 503
   */
  getJwks(options: CallOptions = {}): Promise<Jwks> {
    return this.send<Jwks>({ method: 'GET', path: '/.well-known/jwks.json', ...options })
  }

  /**
   * Tell whether the process answers.
   * Answers 200 as long as the process does, whatever the state of the database. Restart the process when it
   * does not.
   */
  getLiveness(options: CallOptions = {}): Promise<Health> {
    return this.send<Health>({ method: 'GET', path: '/health/live', ...options })
  }

  /**
   * Tell whether requests can be served.
   * Answers 503 while the database does not answer or migrations are missing. Send no traffic until it is 200
   * again.
   * @throws Problem with status 503
   */
  getReadiness(options: CallOptions = {}): Promise<Health> {
    return this.send<Health>({ method: 'GET', path: '/health/ready', ...options })
  }

  /**
   * Get this contract as YAML.
   * The OpenAPI 3.1 description that the service is serving, as it was written, comments included.
   */
  getContract(options: CallOptions = {}): Promise<string> {
    return this.send<string>({ method: 'GET', path: '/openapi.yaml', ...options })
  }

  /**
   * Get this contract as JSON.
   * The same OpenAPI 3.1 description as `/openapi.yaml`, as JSON for tools.
   */
  getContractJson(options: CallOptions = {}): Promise<ContractDocument> {
    return this.send<ContractDocument>({ method: 'GET', path: '/openapi.json', ...options })
  }
}
