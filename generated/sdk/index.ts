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
  /** Only the user with this address, compared in normalized form. */
  email?: string | undefined
  /** Only users whose address or names contain this text, ignoring case. */
  search?: string | undefined
  /** Only active users, or only suspended users. */
  is_active?: boolean | undefined
  /** Only superusers, or only other users. */
  is_superuser?: boolean | undefined
  /** By date of joining or by address, ascending or descending, ignoring case. */
  ordering?: UserOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An
   * altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSessionsQuery = {
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An
   * altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListLoginLogsQuery = {
  /** Only records at or after this time. A time without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records at or before this time. A time without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address, in any of its spellings. Any other text is refused
   * with 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text, ignoring case. */
  user_agent?: string | undefined
  /** Only records of this user. For superusers; other users may only name themselves. */
  user?: string | undefined
  /** Oldest or latest first. */
  ordering?: LoginLogOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An
   * altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSecurityEventsQuery = {
  /** Only records at or after this time. A time without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records at or before this time. A time without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address, in any of its spellings. Any other text is refused
   * with 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text, ignoring case. */
  user_agent?: string | undefined
  /** Only records of this user. For superusers; other users may only name themselves. */
  user?: string | undefined
  /** Only events of this type. */
  type?: SecurityEventType | undefined
  /** Oldest or latest first. */
  ordering?: SecurityEventOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An
   * altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

/** The operations of the service. The client keeps the tokens of the signed-in user, sends them and renews them. */
export class Client extends Connection {
  /**
   * Register with an address and a password.
   * Mails an activation link to the address. If the address is taken, its owner gets a notice instead; the
   * reply is the same. Each registration is kept separately, with its own password. Only the mail that this
   * request causes can activate it, within 24 hours. For 7 days, `resendActivation` and `forgotPassword` can
   * still create the account, with a new password.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  registerUser(body: RegistrationRequest, options: CallOptions = {}): Promise<RegistrationAccepted> {
    return this.send<RegistrationAccepted>({ method: 'POST', path: '/api/v1/users/register/', body, ...options })
  }

  /**
   * Activate an account by the mailed link.
   * The link in the activation mail. A GET of an API client activates the account. A browser, whose `Accept`
   * header prefers `text/html`, is redirected with 303 to a page that asks for a click, so that a mail
   * scanner that follows links does not consume the code. In production (setting `ACTIVATE_BY_GET`) only a
   * GET whose `Accept` names `application/json` activates. HEAD never activates. If the link is followed
   * again, the reply is "already active", as for `confirmActivation`. A browser whose link has lost its code
   * is redirected to the page as well, which explains this.
   * @throws Problem with status 400, 500, 503
   */
  activateUser(query: ActivateUserQuery, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'GET', path: '/api/v1/users/activate/', query, ...options })
  }

  /**
   * Activate an account with the mailed code.
   * Does what the mailed link does, whatever the client accepts. A used code of an active account gets 200
   * "already active". The code of a registration gets the same reply, with `superseded`, if another
   * registration of the address was activated first; the account has the password of that one. Every other
   * code that is wrong, used, expired or of another user gets the same error.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmActivation(body: ActivationRequest, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'POST', path: '/api/v1/users/activate/', body, ...options })
  }

  /**
   * Mail a link to finish signing up.
   * Mails a recovery link, valid for at most one hour, if the address has a registration that waits for
   * activation. `restorePassword` with its code creates the account with the password given there. The link
   * never activates the password of a registration, because another person may have made that registration.
   * The activation link of each registration stays valid. The owner of an active account gets a notice
   * instead. The reply is always the same and reveals nothing about the address. Requests from one network
   * are limited, together with those of `forgotPassword`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  resendActivation(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/activate/resend/', body, ...options })
  }

  /**
   * Request password recovery.
   * Mails a link with a recovery code, valid for at most one hour, if the address belongs to an account. An
   * address that only has registrations that wait for activation gets such a link as well: `restorePassword`
   * with its code creates the account. The reply is always the same and reveals nothing about the address.
   * Requests from one network are limited, together with those of `resendActivation`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  forgotPassword(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/forgot-password/', body, ...options })
  }

  /**
   * Set a new password with the mailed code.
   * Sets the password, consumes the code and ends every session of the account. A notice is mailed to its
   * address. The account's known devices are deleted, except the one that sends this request. The operation
   * does not sign in: call `createToken` with the new password. An invalid code is reported before an invalid
   * password, and an invalid password does not consume the code.
   * For an address without an account, the code of `forgotPassword` or `resendActivation` creates the account
   * with this password. Every registration of the address is then void: only the language of a registration
   * is kept, and its activation code stops working. If the address was taken in the meantime, the reply is
   * `code_invalid`.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  restorePassword(body: PasswordRestoreRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/restore-password/', body, ...options })
  }

  /**
   * Get the user's own profile.
   * Returns the profile of the signed-in user as it is stored now, not as it was when the token was issued.
   * @throws Problem with status 401, 500, 503
   */
  getMe(options: CallOptions = {}): Promise<User> {
    return this.send<User>({ method: 'GET', path: '/api/v1/users/me/', signed: true, ...options })
  }

  /**
   * Change the user's own profile.
   * Changes the members that are sent and leaves the others as they are. An empty object changes nothing.
   * Only names and language can be changed: any other member, such as `is_superuser` or `email`, is refused
   * with 400.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  updateMe(body: UserUpdate, options: CallOptions = {}): Promise<User> {
    return this.send<User>({ method: 'PATCH', path: '/api/v1/users/me/', body, signed: true, ...options })
  }

  /**
   * Change the user's own password.
   * Sets a new password after checking the current one. Every session of the account ends except the current
   * one, mailed codes that were not used yet stop working, and a notice is mailed to the account's address.
   * Changes of one account are limited.
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
   * Request another email address.
   * Checks the current password and mails a confirmation code to the new address. Nothing changes until
   * `confirmEmail` gets that code. If another user has the new address, nothing is mailed; the reply is the
   * same. A newer request ends the previous one, and so does a new password. The present address is refused
   * as `unchanged`, with one exception: after a password recovery at an address that was set by a change,
   * that address can be requested again. Confirming it ends the undo of the change (see `confirmEmail`).
   * Requests are limited by account and by network.
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
   * Export all data about the user.
   * Returns one JSON document: profile, addresses, sessions, sign-ins, security events and mails. It contains
   * no secrets: no password hash, no codes and no tokens. The current password is required. The document has
   * no size limit and is sent while it is read. If the connection ends before the document does, repeat the
   * request.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  exportMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<Export> {
    return this.send<Export>({ method: 'POST', path: '/api/v1/users/me/export/', body, signed: true, ...options })
  }

  /**
   * Delete the user's own account.
   * Checks the current password and erases the account with all personal data: profile, addresses, sessions,
   * sign-ins and records of mails. Waiting mails are not sent. Security events stay, without address and
   * device. Tokens and mailed codes stop working at once, including the link that undoes a change of address,
   * and the address can be registered again. A notice is mailed to the address, and to a former one that
   * could still undo a change. The record of that mail is deleted when it is sent, after a day at the latest.
   * The last active superuser cannot be deleted; superusers without a password do not count.
   * @throws Problem with status 400, 401, 409, 413, 415, 429, 500, 503
   */
  deleteMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({ method: 'POST', path: '/api/v1/users/me/delete/', body, signed: true, ...options })
  }

  /**
   * Confirm a new email address with the mailed code.
   * Makes the new address the one that the user signs in with and gets mail at. The old address gets a notice
   * with a link that undoes the change for 7 days. No other user can take the old address in that time.
   * The owner of the new address can shorten that time: recover the password at the new address, request the
   * same address with `changeEmail` and confirm it again. The undo then ends 72 hours after the change, or at
   * once if they have passed, and the reply has `undo_until`. It never ends earlier, because an attacker who
   * has taken over the account could do the same. An operator ends it at once with `npx gatehouse users
   * end-undo EMAIL`.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmEmail(body: EmailConfirmationRequest, options: CallOptions = {}): Promise<EmailConfirmed> {
    return this.send<EmailConfirmed>({ method: 'POST', path: '/api/v1/users/confirm-email/', body, ...options })
  }

  /**
   * Undo a change of the email address with the mailed code.
   * For the owner of an account whose address another person has changed. Restores the old address, ends
   * every session and removes the password. A recovery link goes to the old address, for a new password; mail
   * limits do not apply to it. A notice goes to the address that the account had until now. Later changes are
   * undone as well, and their addresses are free again. The account's known devices are deleted, except the
   * one that sends this request.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  undoEmailChange(body: EmailChangeUndoRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/undo-email/', body, ...options })
  }

  /**
   * List and search users.
   * For superusers. The default order is latest first. A user must match all filters.
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
   * For superusers. An active user without a password is mailed an invitation. Its link, valid for 7 days,
   * leads to a page where the user sets a password. `email_confirmed` is false until a mailed code of the
   * user is used. Registrations of the address that wait for activation become void.
   * @throws Problem with status 400, 401, 403, 409, 413, 415, 500, 503
   */
  createUser(body: NewUserRequest, options: CallOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({ method: 'POST', path: '/api/v1/users/', body, signed: true, ...options })
  }

  /**
   * Get a user.
   * For superusers. Returns the user's profile and state as they are stored now.
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
   * suspends the user: every session ends at once, tokens and mailed codes stop working, and the user cannot
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
   * For superusers. Ends every session of the user, including access tokens. The user can sign in again.
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
   * inactive account get the same reply after the same time; each is a security event. A sign-in from a new
   * device or network is a security event as well, and its owner is notified by mail. Passwords are checked
   * in a bounded queue that is fair between networks. If the queue is full, the reply is 503 with
   * `Retry-After`. A user has at most 100 live sessions (setting `MAX_SESSIONS`). A sign-in beyond that ends
   * the oldest one.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  createToken(body: Credentials, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(body, this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/', body, ...options }))
  }

  /**
   * Exchange a refresh token for a new pair.
   * Rotates the refresh token (RFC 9700, 4.14.2): keep the new one, the old one is no longer valid. If the
   * request is repeated within 30 seconds (setting `REFRESH_GRACE`), for example after a lost reply, it gets
   * a valid pair again. The repeated request must come from the network (IPv4 /24, IPv6 /64) and with the
   * User-Agent of the first request. If only one of the two matches, two repeated requests are accepted, and
   * further ones get 401. A repeated request from another network with another User-Agent, or an older token
   * after that time, ends the session and is a security event. A refresh from a new network is a security
   * event as well, at most once an hour.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  refreshToken(body: RefreshRequest, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(
      body,
      this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/refresh/', body, ...options }),
    )
  }

  /**
   * Check whether a token is valid.
   * Returns 200 for a valid access or refresh token: its signature is valid, it has not expired, and its
   * session has not ended. A refresh token within its grace period is valid. The check neither consumes nor
   * renews a token.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  verifyToken(body: VerificationRequest, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.send<Acknowledgement>({ method: 'POST', path: '/api/v1/auth/token/verify/', body, ...options })
  }

  /**
   * Sign out.
   * Ends the session of the refresh token, including its access tokens. Any refresh token of the session is
   * accepted, even an expired or exchanged one. The reply is 200 for any string (RFC 7009, 2.2), so it
   * reveals nothing about the token.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  revokeToken(body: RefreshRequest, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.send<Acknowledgement>({ method: 'POST', path: '/api/v1/auth/token/blacklist/', body, ...options })
  }

  /**
   * List the user's own sessions.
   * The live sessions of the signed-in user, the latest sign-in first: where each began, and when and from
   * where it was last used. A session is one sign-in with all pairs of tokens that were refreshed from it.
   * @throws Problem with status 400, 401, 500, 503
   */
  listSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): Promise<SessionPage> {
    return this.send<SessionPage>({ method: 'GET', path: '/api/v1/auth/sessions/', query, signed: true, ...options })
  }

  /**
   * List the user's own sessions: each item of each page, for `for await`.
   * @throws Problem with status 400, 401, 500, 503
   */
  iterateSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): AsyncGenerator<Session, void, undefined> {
    return eachOf((cursor) => this.listSessions({ ...query, cursor }, options), query.cursor)
  }

  /**
   * End all of the user's own sessions, or all except this one.
   * Ends the sessions at once: their refresh tokens and access tokens are no longer accepted.
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
   * End one of the user's own sessions.
   * Ends the session at once, even the current one. A session that has ended, is unknown or belongs to
   * another user is a 404.
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
   * One record for each successful sign-in. The default order is latest first. Users see their own records.
   * Superusers see the records of all users and can filter them by `user`. A record must match all filters.
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
   * What happened to accounts, except successful sign-ins: failed sign-ins, ended sessions, changes, and
   * actions of administrators. The default order is latest first. Users see their own events. Superusers see
   * the events of all users and can filter them by `user`. An event must match all filters.
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
   * The JSON Web Key Set (RFC 7517) for verifying access tokens without calling this service. Choose the key
   * by the token's `kid`. A new key is published before it signs. A product that verifies tokens this way
   * sees the end of a session only when the access token expires.
   * @throws Problem with status 503
   */
  getJwks(options: CallOptions = {}): Promise<Jwks> {
    return this.send<Jwks>({ method: 'GET', path: '/.well-known/jwks.json', ...options })
  }

  /**
   * Check that the process responds.
   * Returns 200 as long as the process responds, whatever the state of the database. Restart the process when
   * it does not.
   */
  getLiveness(options: CallOptions = {}): Promise<Health> {
    return this.send<Health>({ method: 'GET', path: '/health/live', ...options })
  }

  /**
   * Check that requests can be served.
   * Returns 503 while the database does not respond or migrations are missing. Send no traffic until it is
   * 200 again.
   * @throws Problem with status 503
   */
  getReadiness(options: CallOptions = {}): Promise<Health> {
    return this.send<Health>({ method: 'GET', path: '/health/ready', ...options })
  }

  /**
   * Get this contract as YAML.
   * The OpenAPI 3.1 description of this service as it was written, including comments.
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
