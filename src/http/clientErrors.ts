import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { Problem } from '../problems.ts'
import { problemBody, problemHeaders } from './errors.ts'
import type { Headers } from './headers.ts'

// Milliseconds in which a client can take its answer before the connection is cut, whatever it goes on sending.
const linger = 1000

const parserProblems: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem('headers_too_large'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request_timeout'),
}

export const notHttp = new Problem('invalid', { detail: 'This is not an HTTP request.' })

/** Answers what never reaches Koa in the form of every other answer: with an id, which is logged, and the common headers. */
export class ClientErrors {
  readonly #headers: Headers
  readonly #log: Logger
  readonly #latest = new WeakMap<Duplex, ServerResponse>()
  readonly #refused = new WeakSet<Duplex>()

  constructor(options: { headers: Headers; log: Logger }) {
    this.#headers = options.headers
    this.#log = options.log
  }

  /**
   * Each request is to be told, so that an answer beside its own keeps its turn.
   * @returns whether it may be handled: after a refusal nobody can tell where the next one begins
   */
  track(response: ServerResponse): boolean {
    const { socket } = response.req
    if (this.#refused.has(socket)) return false
    this.#latest.set(socket, response)
    return true
  }

  /** Whether nothing more of a connection is handled. */
  isRefused(socket: Duplex): boolean {
    return this.#refused.has(socket)
  }

  respond(problem: Problem, response: ServerResponse): void {
    this.#refused.add(response.req.socket)
    const { headers, body } = this.#make(problem, typeof problem.cause === 'string' ? problem.cause : problem.code)
    response.writeHead(problem.status, problem.title, headers).end(body)
  }

  /** What the parser refuses has no response. Out of turn its answer would be taken for that of an earlier request, or go into it. */
  respondInTurn(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (this.#refused.has(socket)) return // more of what is not read any more
    this.#refused.add(socket)
    const response = this.#latest.get(socket)
    const answer = () => {
      this.#answerOnSocket(error, socket)
    }
    const inItsBody = response?.req.complete === false
    if (inItsBody && response.headersSent) socket.destroy()
    else if (response && !inItsBody && !response.writableFinished) response.once('close', answer)
    else answer()
  }

  #answerOnSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const problem = parserProblems[error.code ?? ''] ?? notHttp
    const { headers, body } = this.#make(problem, error.code)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`)
    setTimeout(() => socket.destroy(), linger).unref()
  }

  /** The reason is Node's code or ours, never what was sent: that may hold a secret. */
  #make(problem: Problem, reason: string | undefined): { headers: Headers; body: string } {
    const requestId = uuidv7()
    this.#log.info({ request_id: requestId, status: problem.status, reason }, 'request refused')
    const body = JSON.stringify(problemBody(problem, requestId))
    const headers = {
      ...this.#headers,
      ...problemHeaders(problem),
      'X-Request-Id': requestId,
      'Content-Type': 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
    }
    return { headers, body }
  }
}
