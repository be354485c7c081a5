import { setTimeout as sleep } from 'node:timers/promises'
import type { Recorder } from './recorder.ts'

type Body = Record<string, unknown>

/**
 * The outcome of a request. `acknowledged`: 2xx. `refused`: 4xx. `uncertain`: 503, or the connection was lost; the
 * request may have had its whole effect, or none. `unsent`: the connection was refused.
 */
export type Outcome = { kind: 'acknowledged' | 'refused' | 'uncertain' | 'unsent'; status: number; body: Body }

export type Call = {
  method?: string
  body?: object
  token?: string | undefined
  headers?: Record<string, string>
  /** The statuses of 4xx that the state of the client allows. */
  allowed?: readonly number[]
}

/** No request may take longer, whatever fails. */
const patience = 120_000

/** Sends requests to the service, and records each one and its outcome. */
export class Client {
  readonly #url: string
  readonly #recorder: Recorder

  constructor(url: string, recorder: Recorder) {
    this.#url = url
    this.#recorder = recorder
  }

  /** Sends a request to a path below /api/v1/. A request with a body is a POST, unless the call names a method. */
  async send(path: string, call: Call = {}): Promise<Outcome> {
    const { method = call.body ? 'POST' : 'GET', body, token, headers } = call
    const name = `${method} ${path.split('?')[0] ?? ''}`
    const beganAt = performance.now()
    this.#recorder.requests++
    try {
      const reply = await fetch(`${this.#url}/api/v1/${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'faults',
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...headers,
        },
        signal: AbortSignal.timeout(patience),
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const text = await reply.text()
      return await this.#judge(name, call, reply, text, beganAt)
    } catch (error) {
      return await this.#explain(name, error)
    }
  }

  async #judge(name: string, { allowed = [] }: Call, reply: Response, text: string, beganAt: number): Promise<Outcome> {
    const { status } = reply
    const body = parse(text)
    if (reply.ok) {
      this.#recorder.acknowledge(beganAt)
      return { kind: 'acknowledged', status, body }
    }
    const summary = `${name} answered ${status} ${text.slice(0, 300)}`
    if (status === 503 && reply.headers.has('retry-after')) {
      this.#recorder.unavailable++
      if (this.#recorder.mustSucceed) this.#recorder.violate(summary)
      await sleep(20)
      return { kind: 'uncertain', status, body }
    }
    if (status >= 500) {
      this.#recorder.internalErrors++
      this.#recorder.violate(summary)
      return { kind: 'uncertain', status, body }
    }
    this.#recorder.refused++
    if (!allowed.includes(status)) this.#recorder.violate(summary)
    return { kind: 'refused', status, body }
  }

  /** Judges a request without a reply. A client that gets no connection waits before it tries again. */
  async #explain(name: string, error: unknown): Promise<Outcome> {
    const code = codeOf(error)
    if (this.#recorder.mustSucceed) this.#recorder.violate(`${name} got no reply: ${code}`)
    if (code === 'TimeoutError') this.#recorder.violate(`${name} got no reply within ${patience / 1000} s`)
    const isUnsent = code === 'ECONNREFUSED'
    if (isUnsent) this.#recorder.unavailable++
    else this.#recorder.broken++
    await sleep(50)
    return { kind: isUnsent ? 'unsent' : 'uncertain', status: 0, body: {} }
  }
}

function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    if (cause.cause === undefined) return cause.name
  }
  return String(error)
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body
  } catch {
    return {}
  }
}
