import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { Problem } from '../problems.ts'
import { originForm } from './canonicalPath.ts'
import { InFlight, maxOfConnection, maxOfProcess, type Admission } from './inFlight.ts'
import { notHttp, ClientErrors, type ErrorOptions } from './clientErrors.ts'

const seconds = 1000
/** The largest header section: the number of its fields, and its size in bytes, which includes the request line. */
export const maxHeader = { fields: 100, size: 16 * 1024 }
// One connection takes some 20 KB of memory. Files and the connections to the database also need file descriptors.
const connectionLimit = 10_000
const reservedDescriptors = 200

export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Makes an HTTP server with limits (security 70, 87). A request may have 100 header fields with 16 KiB in total. The
 * header fields must arrive within 10 s, and the whole request within 30 s. A connection without traffic is closed
 * after 60 s. At most 10,000 connections are open.
 * @param errorOptions the header fields, the public URL and the log of the replies that the server makes without Koa
 * @param keepAlive the seconds for which a connection stays open between two requests; the time-out of 60 s does not
 * apply to such a connection
 */
export function createHttpServer(listener: Listener, errorOptions: ErrorOptions, keepAlive = 75): Server {
  const clientErrors = new ClientErrors(errorOptions)
  const inFlight = new InFlight((socket) => clientErrors.isRefused(socket))
  const server = createServer(
    {
      maxHeaderSize: maxHeader.size,
      headersTimeout: 10 * seconds,
      requestTimeout: 30 * seconds,
      keepAliveTimeout: keepAlive * seconds,
      connectionsCheckingInterval: 2 * seconds,
      requireHostHeader: false, // findFramingProblem checks Host, because Node's reply is no problem document
    },
    serve,
  )
  server.timeout = 60 * seconds
  server.maxConnections = maxConnections()
  // Otherwise the primary of a cluster would offer a refused connection to the same processes again, in a busy loop.
  Object.assign(server, { dropMaxConnection: true }) // the types do not have it
  server.on(
    'drop',
    warnSometimes(errorOptions.log, `more than ${server.maxConnections} connections: others are closed`),
  )
  // Node silently drops the header fields beyond this number. The number is one more than is allowed, so that
  // findFramingProblem notices a request with too many fields.
  server.maxHeadersCount = maxHeader.fields + 1
  server.on('checkExpectation', serve) // an expectation may be ignored (RFC 9110, 10.1.1)
  server.on('clientError', (error, socket) => {
    clientErrors.respondInTurn(error, socket)
  })
  server.on('connect', (_request, socket) => {
    // Node has removed its own error listener from this socket. Without a listener a reset connection would end the
    // process.
    socket.on('error', () => socket.destroy())
    clientErrors.respondInTurn(new Error('CONNECT'), socket)
  })
  return server

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.socket.destroyed) return // the connection was closed because of an earlier request
    const admission = inFlight.add(response)
    if (!clientErrors.track(response)) return
    const problem = admission === 'admitted' ? findFramingProblem(request) : overloadProblem(admission)
    if (problem) {
      clientErrors.respond(problem, response)
      return
    }
    // Node drops bytes that arrive together with an Upgrade request. The connection is closed, so that no later reply
    // seems to answer these bytes.
    if (request.headers.upgrade !== undefined) response.setHeader('Connection', 'close')
    request.url = originForm(request.url ?? '')
    void listener(request, response)
  }
}

/**
 * Finds a problem in a request that Node's parser accepts, but that a proxy's parser may read in another way (RFC
 * 9112: 2.3, 3.2, 6.1, 6.3).
 * @returns undefined if all parsers read the request in the same way
 */
function findFramingProblem({
  httpVersion,
  headers,
  headersDistinct,
  rawHeaders,
}: IncomingMessage): Problem | undefined {
  if (rawHeaders.length > 2 * maxHeader.fields) return new Problem('headers_too_large')
  const current = httpVersion === '1.1'
  const hosts = headersDistinct['host']?.length ?? 0
  const encoding = headers['transfer-encoding']
  const understood =
    (current || httpVersion === '1.0') &&
    (hosts === 1 || (hosts === 0 && !current)) &&
    (encoding === undefined || (current && encoding.toLowerCase() === 'chunked'))
  return understood ? undefined : notHttp
}

function overloadProblem(admission: Exclude<Admission, 'admitted'>): Problem {
  const limit = admission === 'process full' ? maxOfProcess : maxOfConnection
  return new Problem('unavailable', { cause: `${admission}: ${limit} unanswered requests` })
}

/** Returns how many connections the server accepts: fewer than the files that this process may open. */
function maxConnections(): number {
  const files = openFilesLimit()
  return Math.min(connectionLimit, Math.max(files - reservedDescriptors, 100))
}

/**
 * Reads the hard limit of open files, to which Node raises the soft limit. Only Linux has this limit in a file. Other
 * systems are assumed to have a high limit.
 */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}

/** Makes a function that logs a warning at most once a minute, because clients decide how often the event occurs. */
function warnSometimes(log: Logger, message: string): () => void {
  let quietUntil = 0
  return () => {
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + 60 * seconds
    log.warn(message)
  }
}
