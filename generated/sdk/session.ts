// Generated from openapi.yaml by npm run generate. Do not edit.
import type { TokenPair } from './types.ts'
import type { LockedOptions } from './calls.ts'
import { claimsOf } from './claims.ts'
import { isEnd } from './replies.ts'
import type { TokenStore } from './store.ts'
import { within } from './waiting.ts'

type Refresh = (refresh: string, options: LockedOptions) => Promise<unknown>

/** The tokens of the signed-in user, which other clients of the store may renew or replace at any time. */
export class Session {
  readonly #store: TokenStore
  readonly #timeout: number
  readonly #refresh: Refresh
  readonly #onTokens: ((tokens: TokenPair | undefined) => void) | undefined
  #tokens: TokenPair | undefined
  #renewal: { of: string; done: Promise<TokenPair | undefined> } | undefined
  #writing: Promise<unknown> = Promise.resolve()
  #writes = 0
  /** The seconds by which this device's clock is ahead of the service's. */
  #skew = 0

  constructor(
    store: TokenStore,
    timeout: number,
    refresh: Refresh,
    onTokens?: (tokens: TokenPair | undefined) => void,
  ) {
    this.#store = store
    this.#timeout = timeout
    this.#refresh = refresh
    this.#onTokens = onTokens
    const stored = store.read()
    if (!(stored instanceof Promise)) this.#tokens = stored
    store.subscribe?.(() => void this.read())
  }

  /** The tokens as this client last saw them. */
  get tokens(): TokenPair | undefined {
    return this.#tokens
  }

  /** Reads the store, which other clients may have changed. */
  async read(): Promise<TokenPair | undefined> {
    await this.#writing
    const writes = this.#writes
    const stored = await this.#store.read()
    if (writes === this.#writes) this.#adopt(stored)
    return this.#tokens
  }

  /**
   * @param sent when the tokens were requested; the reply may arrive much later, for example after the computer slept
   */
  async write(tokens: TokenPair | undefined, sent = Date.now()): Promise<void> {
    this.#writes++
    const claims = claimsOf(tokens?.access)
    if (claims) this.#skew = sent / 1000 - claims.iat
    const written = this.#writing.then(() => this.#store.write(tokens))
    this.#writing = written.catch(() => undefined)
    this.#adopt(tokens) // after #writing is set, because onTokens may read the store again
    await written
  }

  /** Writes the successor of a pair of tokens, unless the store has other tokens by now. */
  async replace(token: string, tokens: TokenPair | undefined, sent?: number): Promise<void> {
    if (idOf(await this.read()) === token) await this.write(tokens, sent)
  }

  /**
   * Returns the tokens that replace the given ones, after this or another client has renewed them. Returns undefined
   * if the session has ended. All callers share one renewal, which continues when they stop waiting.
   */
  renew(tokens: TokenPair): Promise<TokenPair | undefined> {
    const of = idOf(tokens)
    if (this.#renewal?.of === of) return this.#renewal.done
    const renew = (signal: AbortSignal) => this.#renew(tokens, signal)
    const done = within(this.#timeout, undefined, (signal) => this.#lock(() => renew(signal), signal)).finally(() => {
      if (this.#renewal?.done === done) this.#renewal = undefined
    })
    this.#renewal = { of, done }
    return done
  }

  /**
   * Runs an action, which may use the refresh cookie. If it does, no other client of the store uses the cookie before
   * the action has stored its outcome. Otherwise, the late reply to a renewal could replace the cookie of a new session,
   * or undo a sign-out.
   */
  useCookie<T>(options: LockedOptions, action: (options: LockedOptions) => Promise<T>): Promise<T> {
    if (!this.#store.cookie || options.isLocked) return action(options)
    return within(options.timeout ?? this.#timeout, options.signal, (signal) =>
      this.#lock(() => action({ ...options, signal, isLocked: true }), signal),
    )
  }

  #lock<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#store.lock ? this.#store.lock(action, signal) : action()
  }

  async #renew(tokens: TokenPair, signal: AbortSignal): Promise<TokenPair | undefined> {
    if (idOf(await this.read()) !== idOf(tokens)) return this.#tokens
    try {
      await this.#refresh(tokens.refresh, { signal, isLocked: true })
    } catch (error) {
      if (!isEnd(error, tokens.refresh)) throw error
      await this.replace(idOf(tokens), undefined)
    }
    return this.#tokens
  }

  /** Returns the seconds until an access token expires, and whether it should be renewed before its next use. */
  expiry({ access }: TokenPair): { left: number; isNear: boolean } {
    const { exp, iat } = claimsOf(access) ?? { exp: access === '' ? 0 : Infinity, iat: 0 }
    const left = exp - Date.now() / 1000 + this.#skew
    return { left, isNear: left < Math.min(30, (exp - iat) / 5) }
  }

  #adopt(tokens: TokenPair | undefined): void {
    const isSame = tokens?.refresh === this.#tokens?.refresh && tokens?.access === this.#tokens?.access
    if (isSame) return
    this.#tokens = tokens
    this.#onTokens?.(tokens)
  }
}

/** Returns what distinguishes a pair from its successor. If the refresh token is in a cookie, that is the access token. */
export function idOf(tokens: TokenPair): string
export function idOf(tokens: TokenPair | undefined): string | undefined
export function idOf(tokens: TokenPair | undefined): string | undefined {
  return tokens && (tokens.refresh || tokens.access)
}
