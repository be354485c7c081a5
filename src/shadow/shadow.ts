/** A proxy in front of the service that sends read-only requests to the replaced system as well. */
import { once } from 'node:events'
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as sendOverTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { finished } from 'node:stream/promises'
import { compareReplies, type Difference, type Reply } from './compareReplies.ts'

export type ShadowOptions = {
  /** The base URL of the service, which gets every request, and whose replies the clients get. */
  gatehouse: URL
  /** The base URL of the Django project, which also receives the read-only requests. */
  django: URL
  host: string
  port: number
  /** The members that are not compared. */
  ignored: ReadonlySet<string>
  /** Receives the result of each request that was compared. */
  onCompared: (comparison: Comparison) => void
}

/** The result of a GET request. */
export type Comparison = {
  /** The path without the query string. */
  path: string
  differences: Difference[]
  /** Why there is no reply to compare. */
  problem?: string
}

export type Shadow = { url: string; stop(): Promise<void> }

/** The paths whose GET requests change nothing in the replaced project. GET users/activate/ is not one of them. */
const compared = new Set(['/api/v1/users/me/', '/api/v1/logs/login/'])
const maxMirrored = 16 // requests at a time, so that a slow Django project does not fill the memory
const maxBody = 1024 * 1024 // bytes of a reply
const timeout = 10_000 // milliseconds

/** Starts the proxy. */
export async function startShadow(options: ShadowOptions): Promise<Shadow> {
  let mirrored = 0
  const server = createServer((incoming, outgoing) => {
    const reply = forward(options.gatehouse, incoming, outgoing)
    const { path } = splitTarget(incoming)
    if (incoming.method !== 'GET' || !compared.has(path)) {
      reply.catch(() => undefined) // the client has got 502
      return
    }
    const report = (differences: Difference[], problem?: string) => {
      options.onCompared({ path, differences, ...(problem === undefined ? {} : { problem }) })
    }
    const isBusy = mirrored === maxMirrored
    const comparison = isBusy ? reply.then(() => tooMany()) : compareWithDjango(options, incoming, reply)
    mirrored += isBusy ? 0 : 1
    comparison
      .then(report, (error: unknown) => {
        report([], (error as Error).message)
      })
      .finally(() => (mirrored -= isBusy ? 0 : 1))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}`,
    async stop() {
      server.close().closeIdleConnections()
      await once(server, 'close')
    },
  }
}

/** Forwards a request to the service and the reply to the client. @returns the reply, for the comparison */
async function forward(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Reply> {
  const { method, headers, url = '/', socket } = incoming
  const forwardedFor = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ')
  const send = target.protocol === 'https:' ? sendOverTls : sendRequest
  const forwarded = send(joined(target, url), { method, headers: { ...headers, 'x-forwarded-for': forwardedFor } })
  incoming.pipe(forwarded)
  outgoing.on('close', () => forwarded.destroy())
  try {
    const [reply] = (await once(forwarded, 'response')) as [IncomingMessage]
    outgoing.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
    const chunks: Buffer[] = []
    let size = 0
    reply.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBody) chunks.push(chunk)
    })
    reply.pipe(outgoing)
    await finished(reply)
    if (size > maxBody) throw new Error('the reply of Gatehouse is longer than 1 MB')
    return makeReply(reply.statusCode ?? 0, new Headers(reply.headers as Record<string, string>), chunks)
  } catch (error) {
    if (!outgoing.headersSent) outgoing.writeHead(502).end()
    throw error
  }
}

async function compareWithDjango(
  { django: target, ignored }: ShadowOptions,
  incoming: IncomingMessage,
  answered: Promise<Reply>,
): Promise<Difference[]> {
  const { authorization, accept } = incoming.headers
  const headers = { ...(authorization ? { authorization } : {}), ...(accept ? { accept } : {}) }
  const { path, query } = splitTarget(incoming)
  const options = { headers, redirect: 'manual', signal: AbortSignal.timeout(timeout) } as const
  const sent = fetch(joined(target, path + query), options).catch((cause: unknown) => {
    throw new Error('Django did not answer', { cause })
  })
  const [gatehouse, reply] = await Promise.all([answered, sent])
  const django = makeReply(reply.status, reply.headers, [Buffer.from(await reply.arrayBuffer())])
  return compareReplies(django, gatehouse).filter(({ member }) => !ignored.has(member.replace(/^results\[\d+\]\./, '')))
}

/** Splits a request target into its path, with a final slash, and its query string with the question mark. */
function splitTarget({ url = '/' }: IncomingMessage): { path: string; query: string } {
  const [path = '', ...query] = url.split(/(?=\?)/)
  return { path: path.replace(/\/?$/, '/'), query: query.join('') }
}

function tooMany(): never {
  throw new Error(`more than ${maxMirrored} requests wait for Django`)
}

/** Returns the URL of a path below a base URL, which may have a path itself. */
function joined(base: URL, path: string): URL {
  return new URL(base.href.replace(/\/$/, '') + path)
}

function makeReply(status: number, headers: Headers, chunks: Buffer[]): Reply {
  const text = Buffer.concat(chunks).toString()
  try {
    return { status, headers, body: JSON.parse(text) as unknown }
  } catch {
    return { status, headers, body: text }
  }
}
