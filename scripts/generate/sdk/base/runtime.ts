import type { RefreshRequest, TokenPair } from '../../../../generated/sdk/types.ts'
import { exchange, withCookie, type Call, type CallOptions, type Transport } from './calls.ts'
import type { ClientOptions } from './options.ts'
import { isEnd, isExpiry } from './replies.ts'
import { isSameUser, userOf } from './claims.ts'
import { idOf, Session } from './session.ts'
import { storeOf, type TokenStore } from './store.ts'
import { abortable, within } from './waiting.ts'

type Waiting = Pick<CallOptions, 'signal' | 'timeout'>

/** Sends calls, keeps the tokens, and renews them once even if many calls find them expired at the same time. */
export abstract class Connection {
  readonly #transport: Transport
  readonly #timeout: number
  readonly #session: Session
  readonly #cookie: TokenStore['cookie']
  #resumes = 0 // the running calls of `resume`

  constructor({ baseUrl, storage, tokens, onTokens, timeout = 30_000, retries = 2, log, ...options }: ClientOptions) {
    this.#transport = { baseUrl, retries, log, fetch: (input, init) => (options.fetch ?? fetch)(input, init) }
    this.#timeout = timeout
    const store = storeOf(storage, tokens)
    this.#cookie = store.cookie
    this.#session = new Session(store, timeout, (refresh, call) => this.refreshToken({ refresh }, call), onTokens)
  }

  abstract refreshToken(body: RefreshRequest, options?: CallOptions): Promise<TokenPair>
  abstract revokeToken(body: RefreshRequest, options?: CallOptions): Promise<unknown>

  /** The tokens of the session as this client last saw them, undefined if no user is signed in. */
  get tokens(): TokenPair | undefined {
    return this.#session.tokens
  }

  /**
   * Returns an access token for the API of your product, renewed shortly before it expires. Returns undefined if no
   * user is signed in.
   */
  accessToken({ signal, timeout = this.#timeout }: Waiting = {}): Promise<string | undefined> {
    return within(timeout, signal, async () => (await this.#freshTokens())?.access)
  }

  /**
   * Sends a request to the API of your product with the access token, and repeats it once if the reply is 401. The
   * arguments are those of the global fetch. Use this method only for URLs that may receive the access token.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const send = (tokens: TokenPair | undefined) => {
      const copy = request.clone()
      if (tokens) copy.headers.set('Authorization', `Bearer ${tokens.access}`)
      return this.#transport.fetch(copy)
    }
    const tokens = await abortable(this.#freshTokens(), request.signal)
    const reply = await send(tokens)
    if (reply.status !== 401 || !tokens) return reply
    const renewed = await abortable(this.#session.renew(tokens), request.signal)
    return isSameUser(tokens, renewed) ? send(renewed) : reply
  }

  /**
   * Continues the session of the refresh cookie, for example after the user has signed in on a page of the service.
   * Returns undefined if the browser has no such cookie. The client must have `storage: 'cookie'`.
   */
  async resume(options: CallOptions = {}): Promise<TokenPair | undefined> {
    this.#resumes++
    try {
      return await this.refreshToken({ refresh: '' }, options)
    } catch (error) {
      if (isEnd(error, '')) return undefined
      throw error
    } finally {
      this.#resumes--
    }
  }

  /**
   * Forgets the tokens, then ends the session. Does nothing if no user is signed in. Returns false if the service was
   * not reached: the session then ends when its refresh token expires. With `storage: 'cookie'`, only the service can
   * delete the cookie, so the user is still signed in after false: tell the user, and try again.
   */
  async signOut(options: CallOptions = {}): Promise<boolean> {
    const tokens = await this.#session.read()
    if (!tokens) return true
    if (!this.#cookie) await this.#session.write(undefined)
    const end = async (locked: CallOptions) => {
      const call = this.revokeToken({ refresh: tokens.refresh }, locked)
      const hasEnded = await call.then(Boolean, (error: unknown) => isEnd(error, tokens.refresh))
      if (this.#cookie && hasEnded) await this.#session.write(undefined)
      return hasEnded
    }
    return this.#session.useCookie(options, end).catch(() => false)
  }

  protected send<T>({ cookie, ...others }: Call): Promise<T> {
    const call = cookie && this.#cookie ? { ...others, cookie, body: withCookie(others.body) } : others
    const send = (options: CallOptions) =>
      within(options.timeout ?? this.#timeout, options.signal, (signal) => this.#send(call, signal))
    return (cookie ? this.#session.useCookie(others, send) : send(others)) as Promise<T>
  }

  /** Stores the tokens of a sign-in or a refresh, unless the session has got other tokens during the refresh. */
  protected keep(body: object, options: CallOptions, send: (options: CallOptions) => Promise<TokenPair>) {
    return this.#session.useCookie(options, (locked) => this.#keep(body, send(locked)))
  }

  async #keep(body: object, answer: Promise<TokenPair>): Promise<TokenPair> {
    const sent = Date.now()
    const current = idOf(this.tokens)
    const token = 'refresh' in body ? String(body.refresh) || current : undefined
    const tokens = await answer
    // Another program may have replaced the cookie. Only a sign-in and `resume` change the user.
    const user = this.#cookie?.user()
    const isOther = token !== undefined && !this.#resumes && user !== undefined && user !== userOf(tokens)
    if (isOther) await this.#session.write(undefined)
    else if (token === undefined) await this.#session.write(tokens, sent)
    else await this.#session.replace(token, tokens, sent)
    return tokens
  }

  async #send(call: Call, signal: AbortSignal): Promise<unknown> {
    if (!call.signed) return exchange(call, this.#transport, signal)
    let tokens = this.tokens ?? (await this.#session.read())
    if (tokens?.access === '') tokens = await this.#session.renew(tokens)
    for (let repeats = 0; ; repeats++) {
      try {
        return await exchange(call, this.#transport, signal, tokens?.access)
      } catch (error) {
        if (!tokens || !isExpiry(error) || repeats === 2) throw error
        const next = await this.#session.renew(tokens)
        if (!isSameUser(tokens, next)) throw error
        tokens = next // the tokens of another tab may have expired, too, so the call may be repeated twice
      }
    }
  }

  async #freshTokens(): Promise<TokenPair | undefined> {
    let tokens = this.tokens ?? (await this.#session.read())
    for (let renewals = 0; tokens && renewals < 2 && this.#session.expiry(tokens).isNear; renewals++) {
      const held: TokenPair = tokens
      const next: TokenPair | undefined = await this.#session.renew(held).catch((error: unknown) => {
        if (this.#session.expiry(held).left <= 0) throw error
        return held
      })
      tokens = isSameUser(held, next) ? next : undefined
    }
    return tokens
  }
}
