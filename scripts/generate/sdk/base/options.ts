import type { TokenPair } from '../../../../generated/sdk/types.ts'
import type { LogEntry } from './calls.ts'
import type { Storage } from './store.ts'

export type ClientOptions = {
  /**
   * The URL of the service, for example https://accounts.example.com. In a browser, it may be a path, for example
   * /auth.
   */
  baseUrl: string
  /**
   * Where the tokens are kept. `'cookie'`: the browser keeps the refresh token in a cookie that scripts cannot read.
   * `'local'`: in localStorage, for pages of another site than the service. `'memory'`, the default: until the page or
   * the process ends. Or your own store.
   */
  storage?: Storage | undefined
  /** The tokens of an earlier run, for a client whose tokens are in memory. */
  tokens?: TokenPair | undefined
  /** Receives the tokens whenever this or another tab changes them, and undefined when the session has ended. */
  onTokens?: ((tokens: TokenPair | undefined) => void) | undefined
  /** The time in milliseconds after which a call is aborted. The default is 30,000. */
  timeout?: number | undefined
  /** How often a call is repeated after a temporary failure. The default is 2. */
  retries?: number | undefined
  /** Receives an entry for each request to the service. */
  log?: ((entry: LogEntry) => void) | undefined
  /** A function to use instead of the global fetch. */
  fetch?: ((input: string | URL | Request, init?: RequestInit) => Promise<Response>) | undefined
}
