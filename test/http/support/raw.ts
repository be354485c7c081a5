import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { record } from '../../support/recorder.ts'
import type { Answer } from '../../support/service.ts'

export type RawAnswer = Answer & { reason: string; text: string; closed: boolean; answers: number; statuses: number[] }

const crlf = '\r\n'

/** Writes a request as text. Adds Host, and Content-Length for a body, unless the header fields contain them. */
export function requestText(method: string, target: string, headers: Record<string, string> = {}, body = ''): string {
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ Host: 'localhost', ...length, ...headers }).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${target} HTTP/1.1`, ...lines, '', body].join(crlf)
}

/**
 * Sends bytes unchanged. Reads until the answer is complete and the connection is closed or silent for `patience` ms.
 * @param options.half whether the client ends its side of the connection after the bytes
 * @param options.drip bytes that follow, one every 20 ms
 * @param options.later bytes that are sent after the answer is complete
 */
export async function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  { patience = 100, half = false, drip = '', later = '' } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined) // a reset after the answer counts as closed, too
  socket.on('end', () => socket.end())
  await once(socket, 'connect')
  if (half) socket.end(bytes)
  else socket.write(bytes)
  const dripping = dripInto(socket, drip)
  const bodiless = typeof bytes === 'string' && bytes.startsWith('HEAD ')
  const whole = () => isWhole(Buffer.concat(chunks).toString('latin1'), bodiless)
  for (const until = Date.now() + 10_000; !whole() && !socket.closed && Date.now() < until;) await pause(socket, 5)
  if (later !== '') socket.write(later)
  if (!socket.closed) await pause(socket, patience)
  const { closed } = socket
  socket.destroy()
  await dripping
  const answer = { ...parse(Buffer.concat(chunks).toString('latin1')), closed }
  recordRaw(Buffer.from(bytes).toString(), answer)
  return answer
}

function recordRaw(request: string, { status, headers, body }: RawAnswer): void {
  const [, method = '', target = ''] = /^(\S+) (\S+) HTTP\/1/.exec(request) ?? []
  const [, sent] = request.split(crlf + crlf)
  if (status > 0)
    record({ method, target, body: sent, raw: true, reply: { status, type: headers.get('content-type'), body } })
}

async function dripInto(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    if (!socket.writable) return
    socket.write(byte)
    await sleep(20)
  }
}

async function pause(socket: Socket, ms: number): Promise<void> {
  const timer = AbortSignal.timeout(ms)
  await once(socket, 'close', { signal: timer }).catch(() => undefined)
}

function isWhole(text: string, bodiless: boolean): boolean {
  const end = text.indexOf(crlf + crlf)
  if (end < 0 || bodiless || text.startsWith('HTTP/1.1 204 ')) return end >= 0
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1]
  return length !== undefined && text.length >= end + 4 + Number(length)
}

function parse(text: string): Omit<RawAnswer, 'closed'> {
  const end = text.indexOf(crlf + crlf)
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split(crlf)
  const [, status = '0', reason = ''] = /^HTTP\/1\.1 (\d+) (.*)$/.exec(first) ?? []
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/, 2) as [string, string]))
  const content = Buffer.from(text.slice(end + 4), 'latin1').toString()
  const own = content.slice(0, Number(headers.get('content-length') ?? 0)) // further answers may follow
  const body = headers.get('content-type')?.includes('json') && own !== '' ? (JSON.parse(own) as object) : {}
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, each]) => Number(each))
  return {
    status: Number(status),
    reason,
    headers,
    body: { ...body },
    text: content,
    answers: statuses.length,
    statuses,
  }
}
