import type { TokenPair } from '../../../../generated/sdk/types.ts'
import { isExpiry } from './replies.ts'
import type { TokenStore } from './store.ts'
import { within } from './waiting.ts'

type Refresh = (refresh: string, signal: AbortSignal) => Promise<unknown>
type Claims = { sub: string; iat: number; exp: number }

/** The tokens of the signed-in user, which other clients of the store may renew or replace at any time. */
export class Session {
  readonly #store: TokenStore
  readonly #timeout: number
  readonly #refresh: Refresh
  readonly #onTokens: ((tokens: TokenPair | undefined) => void) | undefined
  #tokens: TokenPair | undefined
  #renewal: { refresh: string; done: Promise<TokenPair | undefined> } | undefined
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

  /** Writes the successor of a refresh token, unless the store has other tokens by now. */
  async replace(refresh: string, tokens: TokenPair | undefined, sent?: number): Promise<void> {
    if ((await this.read())?.refresh === refresh) await this.write(tokens, sent)
  }

  /**
   * Returns the tokens that replace the given ones, after this or another client has renewed them. Returns undefined
   * if the session has ended. All callers share one renewal, which continues when they stop waiting.
   */
  renew({ refresh }: TokenPair): Promise<TokenPair | undefined> {
    if (this.#renewal?.refresh === refresh) return this.#renewal.done
    const renew = (signal: AbortSignal) => this.#renew(refresh, signal)
    const store = this.#store
    const done = within(this.#timeout, undefined, (signal) =>
      store.lock ? store.lock(() => renew(signal), signal) : renew(signal),
    ).finally(() => {
      if (this.#renewal?.done === done) this.#renewal = undefined
    })
    this.#renewal = { refresh, done }
    return done
  }

  async #renew(refresh: string, signal: AbortSignal): Promise<TokenPair | undefined> {
    if ((await this.read())?.refresh !== refresh) return this.#tokens
    try {
      await this.#refresh(refresh, signal)
    } catch (error) {
      if (!isExpiry(error)) throw error
      await this.replace(refresh, undefined)
    }
    return this.#tokens
  }

  /** Returns the seconds until an access token expires, and whether it should be renewed before its next use. */
  expiry({ access }: TokenPair): { left: number; isNear: boolean } {
    const { exp, iat } = claimsOf(access) ?? { exp: Infinity, iat: 0 }
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

/**
 * Whether both pairs of tokens belong to the same user. A call of one user is never repeated with the token of
 * another user.
 */
export function isSameUser(one: TokenPair, other: TokenPair | undefined): other is TokenPair {
  const user = claimsOf(one.access)?.sub
  return user !== undefined && user === claimsOf(other?.access)?.sub
}

/** Reads the claims of an access token, without verifying it. */
function claimsOf(access: string | undefined): Claims | undefined {
  try {
    const text = access?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/')
    return text === undefined ? undefined : (JSON.parse(atob(text)) as Claims)
  } catch {
    return undefined
  }
}
