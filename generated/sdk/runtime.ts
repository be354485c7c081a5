// Generated from openapi.yaml by npm run generate. Do not edit.
import type { ProblemDocument, RefreshRequest, TokenPair } from './types.ts'
import { Problem, UnexpectedAnswer } from './errors.ts'

export type ClientOptions = {
  /** The URL of the service, for example https://accounts.example.com. */
  baseUrl: string
  /** The tokens that onTokens received in an earlier run. */
  tokens?: TokenPair | undefined
  /** Receives the tokens to store whenever they change, and undefined when the session has ended. */
  onTokens?: ((tokens: TokenPair | undefined) => void) | undefined
  /** Used instead of the global fetch. */
  fetch?: typeof fetch | undefined
}

export type CallOptions = { signal?: AbortSignal | undefined; headers?: Record<string, string> | undefined }

export type Call = CallOptions & {
  method: string
  path: string
  query?: Record<string, string | number | boolean | undefined> | undefined
  body?: object | undefined
  /** Whether the operation requires an access token. */
  signed?: boolean
}

/** Sends calls, keeps the tokens, and renews them once even if many calls find them expired at the same time. */
export abstract class Connection {
  readonly #options: ClientOptions
  #tokens: TokenPair | undefined
  #renewal: { refresh: string; done: Promise<unknown> } | undefined
  #session = 0

  constructor(options: ClientOptions) {
    this.#options = options
    this.#tokens = options.tokens
  }

  abstract refreshToken(body: RefreshRequest): Promise<TokenPair>
  abstract revokeToken(body: RefreshRequest): Promise<unknown>

  /** The tokens of the session, undefined if no user is signed in. */
  get tokens(): TokenPair | undefined {
    return this.#tokens
  }

  /** Ends the session and forgets its tokens. Does nothing if no user is signed in. */
  async signOut(): Promise<void> {
    await this.#renewal?.done.catch(() => undefined)
    const tokens = this.#tokens
    if (!tokens) return
    await this.revokeToken({ refresh: tokens.refresh })
    if (this.#tokens?.refresh === tokens.refresh) this.#forget()
  }

  protected async send<T>(call: Call): Promise<T> {
    if (!call.signed) return (await this.#exchange(call)) as T
    const access = this.#tokens?.access
    const session = this.#session
    try {
      return (await this.#exchange(call, access)) as T
    } catch (error) {
      // Never repeat one user's call with the tokens of another.
      if (access === undefined || !isExpiry(error) || session !== this.#session) throw error
      // Another call may have renewed the tokens since this one was sent.
      if (this.#tokens?.access === access) await this.#renew(this.#tokens.refresh)
      // During the renewal this user may have signed out, or another one in.
      if (session !== this.#session) throw error
      return (await this.#exchange(call, this.#tokens?.access)) as T
    }
  }

  /** Keeps the tokens of a sign-in or a refresh, unless the refreshed tokens are no longer those of the session. */
  protected async keep(body: object, answer: Promise<TokenPair>): Promise<TokenPair> {
    const tokens = await answer
    const isSignIn = !('refresh' in body)
    if (isSignIn) this.#session++
    if (isSignIn || body.refresh === this.#tokens?.refresh) this.#keep(tokens)
    return tokens
  }

  async #renew(refresh: string): Promise<void> {
    // Calls share a renewal only within the same session.
    if (this.#renewal?.refresh !== refresh) {
      const done = this.refreshToken({ refresh }).finally(() => {
        if (this.#renewal?.done === done) this.#renewal = undefined
      })
      this.#renewal = { refresh, done }
    }
    try {
      await this.#renewal.done
    } catch (error) {
      if (isExpiry(error) && this.#tokens?.refresh === refresh) this.#forget()
      throw error
    }
  }

  #forget(): void {
    this.#session++
    this.#keep(undefined)
  }

  #keep(tokens: TokenPair | undefined): void {
    this.#tokens = tokens
    this.#options.onTokens?.(tokens)
  }

  async #exchange({ method, path, query = {}, body, signal, headers }: Call, access?: string): Promise<unknown> {
    const url = new URL(this.#options.baseUrl.replace(/\/+$/, '') + path)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const reply = await (this.#options.fetch ?? fetch)(url, {
      method,
      headers: {
        Accept: 'application/json, application/problem+json, */*;q=0.1',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...(access === undefined ? {} : { Authorization: `Bearer ${access}` }),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
    const text = await reply.text()
    const type = reply.headers.get('Content-Type') ?? ''
    if (reply.status === 204) return undefined
    if (reply.ok) return type.startsWith('application/json') ? (JSON.parse(text) as unknown) : text
    if (!type.startsWith('application/problem+json')) throw new UnexpectedAnswer(reply.status, text)
    const retryAfter = Number(reply.headers.get('Retry-After') ?? 'NaN')
    throw new Problem(JSON.parse(text) as ProblemDocument, Number.isNaN(retryAfter) ? undefined : retryAfter)
  }
}

/** Iterates over each item of each page. It follows the cursor, not the URL: the service may have another host name for itself. */
export async function* eachOf<T>(
  list: (cursor: string | undefined) => Promise<{ next: string | null; results: T[] }>,
  cursor?: string,
): AsyncGenerator<T, void, undefined> {
  for (let at: string | undefined = cursor; ;) {
    const { next, results } = await list(at)
    yield* results
    at = next === null ? undefined : (new URL(next).searchParams.get('cursor') ?? undefined)
    if (at === undefined) return
  }
}

function isExpiry(error: unknown): boolean {
  return error instanceof Problem && error.code === 'token_not_valid'
}
