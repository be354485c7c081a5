// Generated from openapi.yaml by npm run generate. Do not edit.
import { Connection, eachOf, type CallOptions } from './runtime.ts'
import type {
  Message,
  Acknowledgement,
  RegistrationRequest,
  RegistrationAccepted,
  ActivationRequest,
  AddressRequest,
  PasswordRestoreRequest,
  User,
  UserUpdate,
  Credentials,
  RefreshRequest,
  VerificationRequest,
  TokenPair,
  LoginLog,
  LoginLogPage,
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
   * A place in the list, as `next` and `previous` contain it. Opaque and signed; one that was altered is
   * refused with 400.
   */
  cursor?: string | undefined
}

/** The operations of the service. Whoever is signed in stays so: tokens are kept, sent and renewed. */
export class Client extends Connection {
  /**
   * Register with an address and a password.
   * Mails an activation link to the address. The answer is the same whether or not the address is taken: its
   * owner gets a notice instead. Each registration waits apart from the others with its own password until
   * the code of its own mail is used, and can be used for 7 days.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  registerUser(body: RegistrationRequest, options: CallOptions = {}): Promise<RegistrationAccepted> {
    return this.send<RegistrationAccepted>({ method: 'POST', path: '/api/v1/users/register/', body, ...options })
  }

  /**
   * Activate an account by the mailed link.
   * The link in the activation mail. An API client's GET activates the account; a browser, whose `Accept`
   * header prefers `text/html`, is sent on with 303 to a page that asks for a click, so that a mail scanner
   * that follows links uses nothing up. In production (setting `ACTIVATE_BY_GET`) only a GET whose `Accept`
   * names `application/json` activates. HEAD never does. Following the link again answers "already active".
   * @throws Problem with status 400, 500, 503
   */
  activateUser(query: ActivateUserQuery, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'GET', path: '/api/v1/users/activate/', query, ...options })
  }

  /**
   * Activate an account with the mailed code.
   * Does what the mailed link does, whatever the client accepts. A used code of an account that is active
   * answers 200 "already active"; every other code that is wrong, used, expired or somebody else's gets one
   * and the same error.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  confirmActivation(body: ActivationRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/activate/', body, ...options })
  }

  /**
   * Mail the activation link again.
   * Mails a new activation link for the latest registration of the address, if one waits; the link mailed for
   * it before stops working. The owner of an active account gets a notice instead. The answer is always the
   * same and tells nothing about the address.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  resendActivation(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/activate/resend/', body, ...options })
  }

  /**
   * Ask for password recovery.
   * Mails a link with a recovery code, good for an hour at most, if the address belongs to an account; an
   * address that only waits for activation gets its activation link again. The answer is always the same and
   * tells nothing about the address.
   * @throws Problem with status 400, 413, 415, 500, 503
   */
  forgotPassword(body: AddressRequest, options: CallOptions = {}): Promise<Message> {
    return this.send<Message>({ method: 'POST', path: '/api/v1/users/forgot-password/', body, ...options })
  }

  /**
   * Set a new password with the mailed code.
   * Sets the password, uses the code up and ends every session of the account; a notice is mailed to its
   * address. It does not sign in: call `createToken` with the new password.
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
   * Sign in and get a pair of tokens.
   * Begins a session and records the sign-in in the login log. A wrong password, an unknown address and an
   * inactive account get the same answer after the same time. Passwords are checked in a bounded queue: when
   * it is full, the answer is 503 with `Retry-After`.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
   */
  createToken(body: Credentials, options: CallOptions = {}): Promise<TokenPair> {
    return this.keep(body, this.send<TokenPair>({ method: 'POST', path: '/api/v1/auth/token/', body, ...options }))
  }

  /**
   * Exchange a refresh token for a new pair.
   * Rotates the refresh token (RFC 9700, 4.14.2): keep the new one, the old one is over. Repeating the
   * request within 30 seconds (setting `REFRESH_GRACE`), after a lost answer for example, gets a working pair
   * again; presenting an older token later ends the session.
   * @throws Problem with status 400, 401, 413, 415, 500, 503
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
