import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { Problem } from '../problems.ts'
import { originForm } from './canonicalPath.ts'
import type { Headers } from './headers.ts'
import { InFlight, maxOfConnection, maxOfProcess, type Admission } from './inFlight.ts'
import { notHttp, ClientErrors } from './clientErrors.ts'

const seconds = 1000
const maxFields = 100
// A connection costs some 20 KB. Files and the database's connections need descriptors, too.
const mostConnections = 10_000
const reservedDescriptors = 200

export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * An HTTP server with bounded headers and times: 16 KiB and 100 fields of header, 10 s for them, 30 s for a whole request however it
 * drips, 60 s for a connection on which nothing moves (security 70); 10,000 connections (security 87). An idle connection stays open
 * for a time of its own: between two requests Node uses keepAliveTimeout instead of the 60 s.
 * @param refusing what the answers that are made here have and where they are logged
 * @param keepAlive seconds
 */
export function createHttpServer(
  listener: Listener,
  refusing: { headers: Headers; log: Logger },
  keepAlive = 75,
): Server {
  const refusals = new ClientErrors(refusing)
  const inFlight = new InFlight((socket) => refusals.isRefused(socket))
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10 * seconds,
      requestTimeout: 30 * seconds,
      keepAliveTimeout: keepAlive * seconds,
      connectionsCheckingInterval: 2 * seconds,
      requireHostHeader: false, // Node's own answer would be no problem document
    },
    serve,
  )
  server.timeout = 60 * seconds
  server.maxConnections = maxConnections()
  server.on('drop', warnSometimes(refusing.log, `more than ${server.maxConnections} connections: others are closed`))
  server.maxHeadersCount = maxFields + 1 // Node drops what is beyond in silence
  server.on('checkExpectation', serve) // an expectation may be ignored (RFC 9110, 10.1.1)
  server.on('clientError', (error, socket) => {
    refusals.respondInTurn(error, socket)
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy()) // Node has taken its own listener away: without one a reset would end the process
    refusals.respondInTurn(new Error('CONNECT'), socket)
  })
  return server

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.socket.destroyed) return // what came in one piece with the request that was one too many
    const admission = inFlight.add(response)
    if (!refusals.track(response)) return
    const fault = admission === 'admitted' ? faultOf(request) : refusalOf(admission)
    if (fault) {
      refusals.respond(fault, response)
      return
    }
    // Node loses what came in one piece behind an Upgrade: no answer may seem to be to that.
    if (request.headers.upgrade !== undefined) response.setHeader('Connection', 'close')
    request.url = originForm(request.url ?? '')
    void listener(request, response)
  }
}

/** What Node's parser lets pass and another one on the way here may read in another way (RFC 9112: 2.3, 3.2, 6.1, 6.3). */
function faultOf({ httpVersion, headers, headersDistinct, rawHeaders }: IncomingMessage): Problem | undefined {
  if (rawHeaders.length > 2 * maxFields) return new Problem('headers_too_large')
  const current = httpVersion === '1.1'
  const hosts = headersDistinct['host']?.length ?? 0
  const encoding = headers['transfer-encoding']
  const understood =
    (current || httpVersion === '1.0') &&
    (hosts === 1 || (hosts === 0 && !current)) &&
    (encoding === undefined || (current && encoding.toLowerCase() === 'chunked'))
  return understood ? undefined : notHttp
}

function refusalOf(admission: Exclude<Admission, 'admitted'>): Problem {
  const many = admission === 'process full' ? maxOfProcess : maxOfConnection
  return new Problem('unavailable', { cause: `${admission}: ${many} requests are not answered yet` })
}

/** How many connections there may be, short of what the operating system lets this process open. */
function maxConnections(): number {
  const files = openFilesLimit()
  return Math.min(mostConnections, Math.max(files - reservedDescriptors, 100))
}

/** Node has raised the soft limit to the hard one. Only Linux shows it in a file; elsewhere it is high. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}

/** At most one line a minute: what is logged comes as often as strangers want. */
function warnSometimes(log: Logger, message: string): () => void {
  let quietUntil = 0
  return () => {
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + 60 * seconds
    log.warn(message)
  }
}
