import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { Problem } from '../problems.ts'
import { problemBody, problemHeaders } from './errors.ts'
import type { Headers } from './headers.ts'

// In milliseconds: how long a client may take to read the reply before the server cuts the connection.
const linger = 1000

const parserProblems: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem('headers_too_large'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request_timeout'),
}

export type ErrorOptions = {
  /** The header fields of every reply. */
  headers: Headers
  /** Returns the public URL of the service, which is known once the port is bound. */
  baseUrl: () => string
  log: Logger
}

export const notHttp = new Problem('invalid', { detail: 'This is not an HTTP request.' })

/**
 * Answers the requests that never reach Koa. Like other error replies, each reply has a problem document, the common
 * header fields and a request id, which is logged.
 */
export class ClientErrors {
  readonly #headers: Headers
  readonly #baseUrl: () => string
  readonly #log: Logger
  readonly #latest = new WeakMap<Duplex, ServerResponse>()
  readonly #refused = new WeakSet<Duplex>()

  constructor(options: ErrorOptions) {
    this.#headers = options.headers
    this.#baseUrl = options.baseUrl
    this.#log = options.log
  }

  /**
   * Records a request, so that respondInTurn can wait for its reply.
   * @returns false if an earlier request of the same connection was refused. The server does not know where the
   * refused request ends, so it ignores the rest of the connection
   */
  track(response: ServerResponse): boolean {
    const { socket } = response.req
    if (this.#refused.has(socket)) return false
    this.#latest.set(socket, response)
    return true
  }

  /** Returns whether the server reads no more requests from a connection. */
  isRefused(socket: Duplex): boolean {
    return this.#refused.has(socket)
  }

  respond(problem: Problem, response: ServerResponse): void {
    this.#refused.add(response.req.socket)
    const { headers, body } = this.#make(problem, typeof problem.cause === 'string' ? problem.cause : problem.code)
    response.writeHead(problem.status, problem.title, headers).end(body)
  }

  /**
   * Answers a request that the parser refuses. The answer follows the replies to earlier requests of the same
   * connection, because otherwise the client would take the answer for the reply to one of these requests.
   */
  respondInTurn(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (this.#refused.has(socket)) return // the rest of a refused connection is ignored
    this.#refused.add(socket)
    const response = this.#latest.get(socket)
    const respond = () => {
      this.#respondOnSocket(error, socket)
    }
    const inItsBody = response?.req.complete === false
    if (inItsBody && response.headersSent) socket.destroy()
    else if (response && !inItsBody && !response.writableFinished) response.once('close', respond)
    else respond()
  }

  #respondOnSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
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

  /**
   * Makes a reply and logs the refusal.
   * @param reason a code of Node or of the service. It never contains text that the client sent, which may be a
   * secret
   */
  #make(problem: Problem, reason: string | undefined): { headers: Headers; body: string } {
    const requestId = uuidv7()
    this.#log.info({ request_id: requestId, status: problem.status, code: problem.code, reason }, 'request refused')
    const body = JSON.stringify(problemBody(problem, requestId, this.#baseUrl()))
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
