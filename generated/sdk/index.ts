// Generated from openapi.yaml by npm run generate. Do not edit.
import { randomKey, type CallOptions } from './calls.ts'
import { Items } from './pages.ts'
import { Connection } from './runtime.ts'
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
  Lockouts,
  LockedUsers,
  Mail,
  MailStatusFilter,
  MailPage,
  SuppressedAddress,
  SuppressedAddressPage,
  SuppressedEmailRequest,
  Limits,
  SigningKeys,
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
  SecurityEventTypeFilter,
  SecurityEventPage,
  TimestampOrdering,
  Period,
  SignInStatistics,
  Jwks,
  Discovery,
  Health,
  ContractDocument,
} from './types.ts'

export { etagOf, Problem, UnexpectedAnswer } from './replies.ts'
export { cookieStore, localStore, memoryStore } from './store.ts'
export { version } from './version.ts'
export type { CallOptions, LogEntry } from './calls.ts'
export type { Items } from './pages.ts'
export type { ClientOptions } from './options.ts'
export type { KeyValueStorage, Storage, TokenStore } from './store.ts'
export type * from './types.ts'

export type ActivateUserQuery = {
  /** The code from the activation mail. */
  code: string
}

export type UpdateMeOptions = CallOptions & {
  /**
   * Makes the change only if the user still has one of these ETags (RFC 9110, 13.1.1). `*` matches every
   * user. A weak ETag (`W/"…"`) never matches.
   */
  ifMatch?: string | undefined
}

export type ListUsersQuery = {
  /** Only the user with this email address, compared in normalized form. */
  email?: string | undefined
  /** Only the user who had this id in the system from which users were imported. */
  legacy_id?: string | undefined
  /** Only users whose email address or names contain this text, ignoring case. */
  search?: string | undefined
  /** Only active users, or only suspended users. */
  is_active?: boolean | undefined
  /** Only superusers, or only users who are not superusers. */
  is_superuser?: boolean | undefined
  /**
   * The order of the users, by date of joining or by email address, ascending or descending. The case of
   * email addresses is ignored.
   */
  ordering?: UserOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type CreateUserOptions = CallOptions & {
  /**
   * Identifies the request when it is repeated. Use a random UUID for each new request. The quotation marks
   * of a structured field (draft-ietf-httpapi-idempotency-key-header) may be left out.
   */
  idempotencyKey?: string | undefined
}

export type UpdateUserOptions = CallOptions & {
  /**
   * Makes the change only if the user still has one of these ETags (RFC 9110, 13.1.1). `*` matches every
   * user. A weak ETag (`W/"…"`) never matches.
   */
  ifMatch?: string | undefined
}

export type ListUserSessionsQuery = {
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListMailsQuery = {
  /** Only mails with this status. */
  status?: MailStatusFilter | undefined
  /** Only mails to this email address, compared in normalized form. */
  email?: string | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSuppressedAddressesQuery = {
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSessionsQuery = {
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListLoginLogsQuery = {
  /** Only records at or after this time. A time without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records at or before this time. A time without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address. Every spelling of the address is accepted. If the
   * value is not an IP address, the reply is 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text, ignoring case. */
  user_agent?: string | undefined
  /** Only records of this user. Superusers may name any user, and other users only themselves. */
  user?: string | undefined
  /** The order of the records, oldest or latest first. */
  ordering?: TimestampOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type ListSecurityEventsQuery = {
  /** Only records at or after this time. A time without `Z` or an offset is refused. */
  timestamp_after?: string | undefined
  /** Only records at or before this time. A time without `Z` or an offset is refused. */
  timestamp_before?: string | undefined
  /**
   * Only records of exactly this IPv4 or IPv6 address. Every spelling of the address is accepted. If the
   * value is not an IP address, the reply is 400.
   */
  ip_address?: string | undefined
  /** Only records whose User-Agent contains this text, ignoring case. */
  user_agent?: string | undefined
  /** Only records of this user. Superusers may name any user, and other users only themselves. */
  user?: string | undefined
  /** Only events of this type. */
  type?: SecurityEventTypeFilter | undefined
  /** The order of the records, oldest or latest first. */
  ordering?: TimestampOrdering | undefined
  /** The maximum number of records on a page. */
  page_size?: number | undefined
  /**
   * A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted
   * and authenticated. An altered cursor is refused with 400.
   */
  cursor?: string | undefined
}

export type GetSignInStatisticsQuery = {
  /** The latest 24 hours by hour, or the latest 30 days by day, both in UTC. */
  period?: Period | undefined
}

/** The operations of the service. The client keeps the tokens of the signed-in user, sends them and renews them. */
export class Client extends Connection {
  /**
   * Register with an email address and a password.
   * Mails an activation link to the email address. If the email address is taken, its owner gets a notice
   * instead; the reply is the same. Each registration is stored separately, with its own password. Only the
   * link in the mail that this request causes can activate the registration, within 24 hours. For 7 days,
   * `resendActivation` and `forgotPassword` can still create the account, with a new password.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  registerUser(body: RegistrationRequest, options: CallOptions = {}): Promise<RegistrationAccepted> {
    return this.send<RegistrationAccepted>({ method: 'POST', path: '/api/v1/users/register/', body, ...options })
  }

  /**
   * Activate an account by the mailed link.
   * The activation mail contains a link to this operation. A GET of an API client activates the account. A
   * browser, whose `Accept` header prefers `text/html`, is redirected with 303 to a page with a button.
   * Therefore a mail scanner that follows links does not consume the code. In production (setting
   * `ACTIVATE_BY_GET`) only a GET whose `Accept` names `application/json` activates the account. HEAD never
   * activates it. If the link is followed again, the reply is "already active", as for `confirmActivation`.
   * If the link has no readable code, a browser is redirected to a page that explains the error.
   * @throws Problem with status 400, 500, 503
   */
  activateUser(query: ActivateUserQuery, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'GET', path: '/api/v1/users/activate/', query, ...options })
  }

  /**
   * Activate an account with the mailed code.
   * Activates the account as the mailed link does, whatever `Accept` says. If the code was used before and
   * the account is active, the reply is 200 "already active". If another registration of the email address
   * was activated first, the reply is the same, with `superseded`; the account then has the password of that
   * other registration. Any other wrong, used or expired code, and a code of another user, get the same
   * error.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmActivation(body: ActivationRequest, options: CallOptions = {}): Promise<ActivationResult> {
    return this.send<ActivationResult>({ method: 'POST', path: '/api/v1/users/activate/', body, ...options })
  }

  /**
   * Mail a link to finish signing up.
   * Mails a recovery link, valid for at most one hour, if the email address has a pending registration.
   * `restorePassword` with the code in the link creates the account, with the password in the request of
   * `restorePassword`. The password given at registration is not used, because another person may have made
   * that registration. The activation link of each registration stays valid. The owner of an active account
   * gets a notice instead. The reply is always the same and reveals nothing about the email address. Requests
   * from one network are limited, together with those of `forgotPassword`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  resendActivation(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/activate/resend/', body, ...options })
  }

  /**
   * Request password recovery.
   * Mails a link with a recovery code, valid for at most one hour, if the email address belongs to an
   * account. An email address that only has pending registrations gets such a link as well: `restorePassword`
   * with the code creates the account. The reply is always the same and reveals nothing about the email
   * address. Requests from one network are limited, together with those of `resendActivation`.
   * @throws Problem with status 400, 413, 415, 429, 500, 503
   */
  forgotPassword(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/forgot-password/', body, ...options })
  }

  /**
   * Set a new password with the mailed code.
   * Sets the password, consumes the code, ends every session of the account and mails a notice to its email
   * address. The account's known devices are deleted, except the one that sends this request. The operation
   * does not sign in: call `createToken` with the new password. An invalid code is reported before an invalid
   * password, and an invalid password does not consume the code.
   * For an email address without an account, the code of `forgotPassword` or `resendActivation` creates the
   * account with this password. Every registration of the email address is then deleted, and its activation
   * code stops working. From the registration, the account gets only the language. If another account has got
   * the email address in the meantime, the reply is `code_invalid`.
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
   * @throws Problem with status 400, 401, 412, 413, 415, 500, 503
   */
  updateMe(body: UserUpdate, options: UpdateMeOptions = {}): Promise<User> {
    return this.send<User>({
      method: 'PATCH',
      path: '/api/v1/users/me/',
      body,
      signed: true,
      ...options,
      headers: { 'If-Match': options.ifMatch, ...options.headers },
    })
  }

  /**
   * Change the user's own password.
   * Sets a new password after checking the current one. Every session of the account ends except the current
   * one, unused mailed codes stop working, and a notice is mailed to the account's email address. The number
   * of password changes of an account is limited.
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
   * Checks the current password and mails a confirmation code to the new email address. Nothing changes until
   * `confirmEmail` gets that code. If another user has the new email address, nothing is mailed; the reply is
   * the same. A newer request or a new password cancels the previous request. The current email address is
   * refused as `unchanged`, with one exception: after a change of the email address and a password recovery
   * by a mail to the new email address, the user can request that same address once more. This confirmation
   * shortens the time in which the change can be undone (see `confirmEmail`). Requests are limited by account
   * and by network.
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
   * Returns one JSON document with profile, email addresses, sessions, sign-ins, security events and mails.
   * The document contains no password hash, no codes and no tokens. The current password is required. The
   * document has no size limit, and the service sends it while it still reads the data. If the connection
   * ends before the document is complete, repeat the request.
   * @throws Problem with status 400, 401, 413, 415, 429, 500, 503
   */
  exportMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<Export> {
    return this.send<Export>({ method: 'POST', path: '/api/v1/users/me/export/', body, signed: true, ...options })
  }

  /**
   * Delete the user's own account.
   * Checks the current password and erases the account with all personal data: profile, email addresses,
   * sessions, sign-ins and records of mails. Emails that are still queued are not sent. Security events are
   * kept, without IP address and device. Tokens and mailed codes stop working at once, including the link
   * that undoes a change of the email address, and the email address can be registered again. A notice is
   * mailed to the email address, and to each former email address that could still undo a change. The record
   * of this notice is deleted when the notice is sent, and after a day at the latest. The last active
   * superuser cannot be deleted; superusers without a password do not count.
   * @throws Problem with status 400, 401, 409, 413, 415, 429, 500, 503
   */
  deleteMe(body: ReauthenticationRequest, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'POST',
      path: '/api/v1/users/me/delete/',
      body,
      signed: true,
      type: '',
      ...options,
    })
  }

  /**
   * Confirm a new email address with the mailed code.
   * Completes a change of the email address. From now on the user signs in with the new email address, and
   * mails are sent to it. The old email address gets a notice with a link that undoes the change for 7 days.
   * No other user can use the old email address in that time.
   * The owner of the new email address can shorten the time for the undo in three steps. The owner recovers
   * the password by a mail to the new email address, requests the same email address with `changeEmail`, and
   * confirms the email address again. The undo period then ends 72 hours after the change, or immediately if
   * that time has already passed. The reply has `undo_until`. The period cannot be shorter, because an
   * attacker who has taken over the account could do the same. An operator can end it immediately with `npx
   * gatehouse users end-undo EMAIL`.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmEmail(body: EmailConfirmationRequest, options: CallOptions = {}): Promise<EmailConfirmed> {
    return this.send<EmailConfirmed>({ method: 'POST', path: '/api/v1/users/confirm-email/', body, ...options })
  }

  /**
   * Undo a change of the email address with the mailed code.
   * For the owner of an account whose email address another person has changed. Restores the old email
   * address, ends every session and removes the password. A recovery link, with which the owner sets a new
   * password, is mailed to the old email address. The limits of mails do not apply to this mail. A notice is
   * mailed to the email address that the account had until now. Later changes of the email address are undone
   * as well, so that other users can use the later email addresses. The account's known devices are deleted,
   * except the one that sends this request.
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
   * List and search users: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateUsers(query: ListUsersQuery = {}, options: CallOptions = {}): Items<AdminUser, UserPage> {
    return new Items((cursor) => this.listUsers({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Create a user.
   * For superusers. An active user without a password is mailed an invitation. Its link, valid for 7 days,
   * leads to a page where the user sets a password. `email_confirmed` is false until a code that was mailed
   * to the user is used. Pending registrations of the email address are deleted.
   * A request with an `Idempotency-Key` can safely be repeated, for example after a lost reply. If the same
   * superuser sends the same key with the same body within 24 hours, the reply is the 201 of the first
   * request, and nothing is created. The reply is the same even if the user was changed or deleted in the
   * meantime. A simultaneous repetition waits for the first request. The service records only a 201, so the
   * key can be used again after an error. For the same key with another body, the reply is 409
   * `idempotency_key_reused`.
   * @throws Problem with status 400, 401, 403, 409, 413, 415, 500, 503
   */
  createUser(body: NewUserRequest, options: CreateUserOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({
      method: 'POST',
      path: '/api/v1/users/',
      body,
      signed: true,
      repeatable: true,
      ...options,
      headers: { 'Idempotency-Key': options.idempotencyKey ?? randomKey(), ...options.headers },
    })
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
   * sign in until `is_active` is true again. The last active superuser can neither be suspended nor demoted;
   * superusers without a password do not count.
   * @throws Problem with status 400, 401, 403, 404, 409, 412, 413, 415, 500, 503
   */
  updateUser(userId: string, body: AdminUserUpdate, options: UpdateUserOptions = {}): Promise<AdminUser> {
    return this.send<AdminUser>({
      method: 'PATCH',
      path: `/api/v1/users/${encodeURIComponent(userId)}/`,
      body,
      signed: true,
      ...options,
      headers: { 'If-Match': options.ifMatch, ...options.headers },
    })
  }

  /**
   * Delete a user.
   * For superusers. Erases the account and all personal data as `deleteMe` does, and mails a notice to its
   * email address. The last active superuser cannot be deleted; superusers without a password do not count.
   * @throws Problem with status 401, 403, 404, 409, 500, 503
   */
  deleteUser(userId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'DELETE',
      path: `/api/v1/users/${encodeURIComponent(userId)}/`,
      signed: true,
      type: '',
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
   * List the sessions of a user.
   * For superusers. Returns the active sessions of the user, the latest sign-in first, as `listSessions` does
   * for the signed-in user.
   * @throws Problem with status 400, 401, 403, 404, 500, 503
   */
  listUserSessions(userId: string, query: ListUserSessionsQuery = {}, options: CallOptions = {}): Promise<SessionPage> {
    return this.send<SessionPage>({
      method: 'GET',
      path: `/api/v1/users/${encodeURIComponent(userId)}/sessions/`,
      query,
      signed: true,
      ...options,
    })
  }

  /**
   * List the sessions of a user: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 404, 500, 503
   */
  iterateUserSessions(
    userId: string,
    query: ListUserSessionsQuery = {},
    options: CallOptions = {},
  ): Items<Session, SessionPage> {
    return new Items((cursor) => this.listUserSessions(userId, { ...query, cursor }, options), query.cursor)
  }

  /**
   * End one session of a user.
   * For superusers. Ends the session at once, including its access tokens. The reply is 404 if the session
   * has ended, is unknown or belongs to another user.
   * @throws Problem with status 401, 403, 404, 500, 503
   */
  revokeUserSession(userId: string, sessionId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'DELETE',
      path: `/api/v1/users/${encodeURIComponent(userId)}/sessions/${encodeURIComponent(sessionId)}/`,
      signed: true,
      type: '',
      ...options,
    })
  }

  /**
   * List the lockouts of a user.
   * For superusers. Returns the networks from which sign-ins to the account are refused at the moment,
   * because of too many wrong passwords. At most the 100 networks that were locked last are searched. If
   * there may be others, the reply has `lockouts_capped`.
   * @throws Problem with status 401, 403, 404, 500, 503
   */
  listLockouts(userId: string, options: CallOptions = {}): Promise<Lockouts> {
    return this.send<Lockouts>({
      method: 'GET',
      path: `/api/v1/users/${encodeURIComponent(userId)}/lockouts/`,
      signed: true,
      ...options,
    })
  }

  /**
   * End the lockouts of a user.
   * For superusers. Sign-ins to the account are possible again at once from every network that `listLockouts`
   * returns. Earlier failed attempts no longer count towards the limits.
   * @throws Problem with status 401, 403, 404, 500, 503
   */
  liftLockouts(userId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'POST',
      path: `/api/v1/users/${encodeURIComponent(userId)}/lockouts/lift/`,
      signed: true,
      type: '',
      ...options,
    })
  }

  /**
   * List mails.
   * For superusers. Returns the queued, sent, failed and dropped emails, latest first, without their text,
   * links and codes. A mail must match all filters. Sent and failed mails are listed for 30 days, and dropped
   * mails for one day.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listMails(query: ListMailsQuery = {}, options: CallOptions = {}): Promise<MailPage> {
    return this.send<MailPage>({ method: 'GET', path: '/api/v1/mails/', query, signed: true, ...options })
  }

  /**
   * List mails: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateMails(query: ListMailsQuery = {}, options: CallOptions = {}): Items<Mail, MailPage> {
    return new Items((cursor) => this.listMails({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Send a failed or queued mail now.
   * For superusers. Queues a failed mail again, or makes the next attempt of a queued mail due now. A mail
   * with a code gets a new code.
   * @throws Problem with status 401, 403, 404, 409, 500, 503
   */
  retryMail(mailId: string, options: CallOptions = {}): Promise<Mail> {
    return this.send<Mail>({
      method: 'POST',
      path: `/api/v1/mails/${encodeURIComponent(mailId)}/retry/`,
      signed: true,
      ...options,
    })
  }

  /**
   * Discard a failed or queued mail.
   * For superusers. The mail is not sent. Its status is `dropped` from then on.
   * @throws Problem with status 401, 403, 404, 409, 500, 503
   */
  discardMail(mailId: string, options: CallOptions = {}): Promise<Mail> {
    return this.send<Mail>({
      method: 'POST',
      path: `/api/v1/mails/${encodeURIComponent(mailId)}/discard/`,
      signed: true,
      ...options,
    })
  }

  /**
   * List suppressed email addresses.
   * For superusers. Returns the email addresses that get no mails, because a mail server reported that they
   * have no mailbox, the latest first. An address is suppressed for 90 days.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listSuppressedAddresses(
    query: ListSuppressedAddressesQuery = {},
    options: CallOptions = {},
  ): Promise<SuppressedAddressPage> {
    return this.send<SuppressedAddressPage>({
      method: 'GET',
      path: '/api/v1/mails/suppressed/',
      query,
      signed: true,
      ...options,
    })
  }

  /**
   * List suppressed email addresses: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateSuppressedAddresses(
    query: ListSuppressedAddressesQuery = {},
    options: CallOptions = {},
  ): Items<SuppressedAddress, SuppressedAddressPage> {
    return new Items((cursor) => this.listSuppressedAddresses({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Let a suppressed email address get mails again.
   * For superusers. The next mail to the email address is sent. The reply is the same if the email address
   * was not suppressed.
   * @throws Problem with status 400, 401, 403, 413, 415, 500, 503
   */
  unsuppressAddress(body: SuppressedEmailRequest, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'POST',
      path: '/api/v1/mails/suppressed/remove/',
      body,
      signed: true,
      type: '',
      ...options,
    })
  }

  /**
   * List the users who are locked out.
   * For superusers. Returns the users who cannot sign in from some networks at the moment, because of too
   * many wrong passwords, and their lockouts. The user who was locked last comes first. At most the 500 pairs
   * of a user and an IP address that were locked last are searched. If there may be others, the reply has
   * `users_capped`. `liftLockouts` ends the lockouts of a user.
   * @throws Problem with status 401, 403, 500, 503
   */
  listLockedUsers(options: CallOptions = {}): Promise<LockedUsers> {
    return this.send<LockedUsers>({ method: 'GET', path: '/api/v1/lockouts/', signed: true, ...options })
  }

  /**
   * List the limits in force.
   * For superusers. Returns the rate limits of requests and mails, and how many of their subjects have used
   * points or have used them up at the moment. The subjects themselves are stored as keyed hashes only, so
   * that the reply cannot name them. `listLockouts` returns the lockouts of one user. At most 100,000
   * subjects are counted. If there may be others, the reply has `subjects_capped`. With `RATE_LIMITS=off`,
   * the list is empty.
   * @throws Problem with status 401, 403, 500, 503
   */
  listLimits(options: CallOptions = {}): Promise<Limits> {
    return this.send<Limits>({ method: 'GET', path: '/api/v1/limits/', signed: true, ...options })
  }

  /**
   * List the signing keys.
   * For superusers. Returns the published keys of access tokens and their states, the newest first, without
   * the private keys. `getJwks` returns the public keys.
   * @throws Problem with status 401, 403, 500, 503
   */
  listSigningKeys(options: CallOptions = {}): Promise<SigningKeys> {
    return this.send<SigningKeys>({ method: 'GET', path: '/api/v1/keys/', signed: true, ...options })
  }

  /**
   * Sign in and get a pair of tokens.
   * Begins a session and records the sign-in in the login log. A wrong password, an unknown email address, a
   * pending registration and a suspended account get the same reply after the same time. Each of these
   * failures is recorded as a security event. A sign-in from a new device or network is also recorded as a
   * security event, and a mail notifies the user of it. Passwords are checked in a bounded queue that is fair
   * between networks. If the queue is full, the reply is 503 with `Retry-After`. A user has at most 100
   * active sessions (setting `MAX_SESSIONS`). A further sign-in ends the oldest session. With
   * `refresh_cookie: true`, the refresh token is set as a cookie and is not in the body. If the request has
   * the cookie of a former sign-in, this sign-in replaces it and ends its session.
   * @throws Problem with status 400, 401, 403, 413, 415, 429, 500, 503
   */
  createToken(body: Credentials, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(body, options, (options) =>
      this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/', body, cookie: true, ...options }),
    )
  }

  /**
   * Exchange a refresh token for a new pair.
   * Rotates the refresh token (RFC 9700, 4.14.2): keep the new token, because the old token is no longer
   * valid. If the request is repeated within 30 seconds (setting `REFRESH_GRACE`), for example after a lost
   * reply, the reply to the repetition has a valid pair again. The repeated request must come from the
   * network (IPv4 /24, IPv6 /64) and with the User-Agent of the first request. If only one of the two
   * matches, two repeated requests are accepted, and further requests get 401. A repeated request from
   * another network with another User-Agent, or any use of an old token after `REFRESH_GRACE`, ends the
   * session and is recorded as a security event. A refresh from a new network is recorded as a security event
   * as well, at most once an hour. If `refresh` is empty, the token in the cookie is exchanged, and the reply
   * replaces the cookie. If the token in the cookie is refused, the reply deletes the cookie. With the
   * setting `DJANGO_SIGNING_KEY`, a refresh token of the Django project from which users were imported is
   * exchanged once, for a new session.
   * @throws Problem with status 400, 401, 403, 413, 415, 429, 500, 503
   */
  refreshToken(body: RefreshRequest, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(body, options, (options) =>
      this.send<TokenPair>({
        method: 'POST',
        path: '/api/v1/auth/token/refresh/',
        body,
        cookie: true,
        repeatable: true,
        ...options,
      }),
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
   * Ends the session of the refresh token, so that its access tokens are no longer valid. Any refresh token
   * of the session is accepted, even an expired or exchanged one. The reply is 200 for any string (RFC 7009,
   * 2.2), so it reveals nothing about the token. If `refresh` is empty, the session of the token in the
   * cookie is ended, and the cookie is deleted, even if it is malformed.
   * @throws Problem with status 400, 403, 413, 415, 500, 503
   */
  revokeToken(body: RefreshRequest, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.send<Acknowledgement>({
      method: 'POST',
      path: '/api/v1/auth/token/blacklist/',
      body,
      cookie: true,
      ...options,
    })
  }

  /**
   * List the user's own sessions.
   * Returns the active sessions of the signed-in user, the latest sign-in first. Each session has the time,
   * the IP address and the User-Agent of its sign-in and of its last use. A session begins with a sign-in and
   * includes all pairs of tokens that the service issues for it.
   * @throws Problem with status 400, 401, 500, 503
   */
  listSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): Promise<SessionPage> {
    return this.send<SessionPage>({ method: 'GET', path: '/api/v1/auth/sessions/', query, signed: true, ...options })
  }

  /**
   * List the user's own sessions: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 500, 503
   */
  iterateSessions(query: ListSessionsQuery = {}, options: CallOptions = {}): Items<Session, SessionPage> {
    return new Items((cursor) => this.listSessions({ ...query, cursor }, options), query.cursor)
  }

  /**
   * End all of the user's own sessions, or all except the current one.
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
   * Ends the session at once, even the current one. The reply is 404 if the session has ended, is unknown or
   * belongs to another user.
   * @throws Problem with status 401, 404, 500, 503
   */
  revokeSession(sessionId: string, options: CallOptions = {}): Promise<undefined> {
    return this.send<undefined>({
      method: 'DELETE',
      path: `/api/v1/auth/sessions/${encodeURIComponent(sessionId)}/`,
      signed: true,
      type: '',
      ...options,
    })
  }

  /**
   * List successful sign-ins.
   * Returns one record for each successful sign-in. The default order is latest first. Users see their own
   * records. Superusers see the records of all users and can filter them by `user`. A record must match all
   * filters.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  listLoginLogs(query: ListLoginLogsQuery = {}, options: CallOptions = {}): Promise<LoginLogPage> {
    return this.send<LoginLogPage>({ method: 'GET', path: '/api/v1/logs/login/', query, signed: true, ...options })
  }

  /**
   * List successful sign-ins: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateLoginLogs(query: ListLoginLogsQuery = {}, options: CallOptions = {}): Items<LoginLog, LoginLogPage> {
    return new Items((cursor) => this.listLoginLogs({ ...query, cursor }, options), query.cursor)
  }

  /**
   * List security events.
   * Returns one record for each event that concerns the security of an account, except successful sign-ins:
   * failed sign-ins, ended sessions, changes, and actions of superusers. The default order is latest first.
   * Users see their own events. Superusers see the events of all users and can filter them by `user`. An
   * event must match all filters.
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
   * List security events: each item of each page, for `for await`; also by page.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  iterateSecurityEvents(
    query: ListSecurityEventsQuery = {},
    options: CallOptions = {},
  ): Items<SecurityEvent, SecurityEventPage> {
    return new Items((cursor) => this.listSecurityEvents({ ...query, cursor }, options), query.cursor)
  }

  /**
   * Count sign-ins over time.
   * For superusers. Returns the numbers of successful sign-ins, failed sign-ins and lockouts in each interval
   * of a period, the earliest interval first. The last interval is the current one. Intervals without records
   * are included. Records that were deleted after `LOGIN_LOG_RETENTION` are not counted.
   * @throws Problem with status 400, 401, 403, 500, 503
   */
  getSignInStatistics(query: GetSignInStatisticsQuery = {}, options: CallOptions = {}): Promise<SignInStatistics> {
    return this.send<SignInStatistics>({
      method: 'GET',
      path: '/api/v1/logs/statistics/',
      query,
      signed: true,
      ...options,
    })
  }

  /**
   * Get the public keys for verifying access tokens.
   * The JSON Web Key Set (RFC 7517) for verifying access tokens without calling this service. Choose the key
   * by the token's `kid`. A new key is published before the service signs with it. A product that verifies
   * tokens in this way still accepts the access token of an ended session until the token expires.
   * @throws Problem with status 503
   */
  getJwks(options: CallOptions = {}): Promise<Jwks> {
    return this.send<Jwks>({ method: 'GET', path: '/.well-known/jwks.json', ...options })
  }

  /**
   * Get the metadata for verifying access tokens.
   * The issuer and the URL of the public keys, in the format of OpenID Connect Discovery 1.0 and RFC 8414.
   * Libraries that verify tokens need only the issuer to find the keys: give them `JWT_ISSUER`, which by
   * default is the base URL of this service. The service issues no ID tokens and has no authorization
   * endpoint.
   */
  getDiscovery(options: CallOptions = {}): Promise<Discovery> {
    return this.send<Discovery>({ method: 'GET', path: '/.well-known/openid-configuration', ...options })
  }

  /**
   * Check that the process responds.
   * Returns 200 as long as the process responds, whatever the state of the database. If there is no reply,
   * restart the process.
   */
  getLiveness(options: CallOptions = {}): Promise<Health> {
    return this.send<Health>({ method: 'GET', path: '/health/live', ...options })
  }

  /**
   * Check that requests can be served.
   * Returns 503 while the database does not respond or migrations are missing, and when the service has begun
   * to stop. Send no traffic until the reply is 200 again.
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
    return this.send<string>({ method: 'GET', path: '/openapi.yaml', type: 'text/plain', ...options })
  }

  /**
   * Get this contract as JSON.
   * The same OpenAPI 3.1 description as `/openapi.yaml`, as JSON for tools.
   */
  getContractJson(options: CallOptions = {}): Promise<ContractDocument> {
    return this.send<ContractDocument>({ method: 'GET', path: '/openapi.json', ...options })
  }
}
