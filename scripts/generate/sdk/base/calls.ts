import { Problem, readReply, UnexpectedAnswer } from './replies.ts'
import { version } from '../../../../generated/sdk/version.ts'

export type CallOptions = {
  /** Aborts the call. */
  signal?: AbortSignal | undefined
  /** The time in milliseconds after which the call is aborted. It replaces the `timeout` of the client. */
  timeout?: number | undefined
  headers?: Record<string, string | undefined> | undefined
}

/** Options of a call that may run while the store is locked for this client. */
export type LockedOptions = CallOptions & { isLocked?: boolean }

export type Call = LockedOptions & {
  method: string
  path: string
  query?: Record<string, string | number | boolean | undefined> | undefined
  body?: object | undefined
  /** Whether the operation requires an access token. */
  signed?: boolean
  /** The media type of a successful reply, if it is not JSON. Empty if a successful reply has no body. */
  type?: string
  /** Whether the call sets, sends or deletes the cookie with the refresh token, if the client uses the cookie. */
  cookie?: boolean
  /** Whether the call may be repeated although the service may have received it. A GET may always be repeated. */
  repeatable?: boolean
}

/**
 * One request and its outcome. It contains no body, no token and no query string, because a query string may contain
 * a mailed code.
 */
export type LogEntry = {
  method: string
  path: string
  /** How often the call was sent before. */
  attempt: number
  milliseconds: number
  status?: number | undefined
  /** The id of the request in the service's log. */
  requestId?: string | undefined
  /** The error, if there was no reply, or if the contract does not describe the reply. */
  error?: unknown
}

export type Transport = {
  baseUrl: string
  fetch: typeof fetch
  retries: number
  log?: ((entry: LogEntry) => void) | undefined
}

const longestWait = 10 // seconds; after a longer Retry-After, the call throws the error
// Browsers have their own User-Agent, by which users recognize their sessions.
const isBrowser = /^Mozilla/.test((globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent ?? '')

/** Returns a key that no other call of the user has. Node 18 and pages without TLS have no crypto.randomUUID. */
export const randomKey = () =>
  (globalThis as { crypto?: { randomUUID?: () => string } }).crypto?.randomUUID?.() ?? String(Math.random())

/** Sends a call, and repeats it after a temporary failure if repeating is safe. */
export async function exchange(call: Call, transport: Transport, signal: AbortSignal, access?: string) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(call, transport, signal, attempt, access)
    } catch (error) {
      const seconds = attempt < transport.retries && !signal.aborted ? waitBefore(error, call, attempt) : Infinity
      if (seconds > longestWait) throw error
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }
}

/** Returns the seconds to wait before a call is sent again, or Infinity if it must not be sent again. */
function waitBefore(error: unknown, { method, repeatable }: Call, attempt: number): number {
  const isSafe = method === 'GET' || repeatable === true
  const backOff = 0.25 * 2 ** attempt * (0.5 + Math.random())
  if (error instanceof Problem || error instanceof UnexpectedAnswer) {
    const isPassing = error.status === 429 || (error.status === 503 && isSafe)
    return isPassing ? (error.retryAfter ?? 0) + backOff : Infinity
  }
  return error instanceof TypeError && (isSafe || wasRefused(error)) ? backOff : Infinity
}

/** Whether the connection was refused, so that nothing was sent. Always false in browsers, which hide the reason. */
function wasRefused(error: TypeError & { code?: unknown }): boolean {
  const { message, code, cause } = error
  return /refused/i.test([message, code, (cause as { code?: unknown } | undefined)?.code].join())
}

async function sendOnce(call: Call, transport: Transport, signal: AbortSignal, attempt: number, access?: string) {
  const { method, path, body } = call
  const entry: LogEntry = { method, path, attempt, milliseconds: 0 }
  const began = Date.now()
  try {
    const query = new URLSearchParams(givenIn(call.query)).toString()
    // A browser resolves a relative base URL against the URL of the page.
    const reply = await transport.fetch(transport.baseUrl.replace(/\/+$/, '') + path + (query && `?${query}`), {
      method,
      signal,
      headers: headersOf(call, access),
      ...(body ? { body: JSON.stringify(body) } : {}),
      // The credentials are for a service of another origin. With keepalive, the browser receives the new cookie even if
      // the user closes the page in the meantime.
      ...(call.cookie ? { credentials: 'include' as const, keepalive: true } : {}),
    })
    entry.status = reply.status
    entry.requestId = reply.headers.get('X-Request-Id') ?? undefined
    return await readReply(reply, call.type ?? 'application/json')
  } catch (error) {
    if (!(error instanceof Problem)) entry.error = error
    throw error
  } finally {
    transport.log?.({ ...entry, milliseconds: Date.now() - began })
  }
}

/** Lists the parameters that have a value, with the values as strings. */
function givenIn(values: Call['query']): [name: string, value: string][] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
}

function headersOf({ body, headers }: Call, access: string | undefined): Headers {
  const all = new Headers({ Accept: 'application/json, application/problem+json, */*;q=0.1' })
  if (!isBrowser) all.set('User-Agent', `gatehouse-sdk/${version}`)
  if (body) all.set('Content-Type', 'application/json')
  if (access !== undefined) all.set('Authorization', `Bearer ${access}`)
  for (const [name, value] of givenIn(headers)) all.set(name, value)
  return all
}

/** Asks the service for the cookie, at a sign-in. A call with `refresh` uses the cookie. */
export function withCookie(body: object | undefined): object {
  return { ...body, ...(body && 'refresh' in body ? {} : { refresh_cookie: true }) }
}
