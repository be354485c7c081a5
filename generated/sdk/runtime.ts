// Generated from openapi.yaml by npm run generate. Do not edit.
import type { ProblemDocument, RefreshRequest, TokenPair } from './types.ts'
import { Problem, UnexpectedAnswer } from './errors.ts'

export type ClientOptions = {
  /** Where the service runs, https://accounts.example.com for example. */
  baseUrl: string
  /** The tokens of an earlier run, as onTokens gave them. */
  tokens?: TokenPair | undefined
  /** Told the tokens to store whenever they change, and undefined once the session is over. */
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
  /** Whether the operation asks for an access token. */
  signed?: boolean
}

/** Sends calls, keeps the tokens, and renews them once, however many calls find them expired. */
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

  /** The tokens of the session, undefined when nobody is signed in. */
  get tokens(): TokenPair | undefined {
    return this.#tokens
  }

  /** Ends the session and forgets its tokens. Does nothing when nobody is signed in. */
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
      // Never sends one user's call again with the tokens of another.
      if (access === undefined || !isExpiry(error) || session !== this.#session) throw error
      // Another call may have renewed the tokens since this one was sent.
      if (this.#tokens?.access === access) await this.#renew(this.#tokens.refresh)
      // Another user may have signed in during the renewal, or this one out.
      if (session !== this.#session) throw error
      return (await this.#exchange(call, this.#tokens?.access)) as T
    }
  }

  /** Keeps the pair that a sign-in or an exchange brings, unless the exchanged one is not the session's any more. */
  protected async keep(body: object, answer: Promise<TokenPair>): Promise<TokenPair> {
    const tokens = await answer
    const isSignIn = !('refresh' in body)
    if (isSignIn) this.#session++
    if (isSignIn || body.refresh === this.#tokens?.refresh) this.#keep(tokens)
    return tokens
  }

  async #renew(refresh: string): Promise<void> {
    // Calls share the renewal of their own session; that of a former user is none of theirs.
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

/** Each item of each page. The cursor travels, not the URL: the service may see another host name than its clients. */
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
