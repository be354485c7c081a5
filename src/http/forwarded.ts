import type { IncomingHttpHeaders } from 'node:http'
import { parseIpAddress } from '../domain/ipAddress.ts'
import { membersFromEnd, readParameters } from './fields.ts'

/** What one proxy reports of the request that it received: the address it came from, its scheme and host. */
type Hop = { address: string | undefined; proto?: string | undefined; host?: string | undefined }
export type Forwarded = { ipAddress: string; proto: string | undefined; host: string | undefined }
type Trust = (address: string, hop: number) => boolean

// More proxies than any request goes through.
const maxHops = 32
const otherFields = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'] as const

export const hasForwarded = (headers: IncomingHttpHeaders) => headers.forwarded !== undefined
export const hasXForwarded = (headers: IncomingHttpHeaders) => otherFields.some((name) => headers[name] !== undefined)

/**
 * Reads what a trusted peer forwards (security 57, 114). Each proxy appends its client, so that the entries are read
 * from their end, as long as a trusted proxy wrote them. If a proxy names no address, the peer's counts. `Forwarded`
 * (RFC 7239) is read only without X-Forwarded-*: most proxies set those, and pass a client's `Forwarded` on.
 */
export function readForwarded(headers: IncomingHttpHeaders, peer: string, trust: Trust): Forwarded {
  if (!hasXForwarded(headers)) return followForwarded(headers.forwarded ?? '', peer, trust)
  const { ipAddress } = follow(hopsOfFor(textOf(headers, 'x-forwarded-for')), peer, trust)
  const first = (name: string) => textOf(headers, name).split(',', 1)[0]?.trim()
  return { ipAddress, proto: first('x-forwarded-proto'), host: first('x-forwarded-host') }
}

/** Takes scheme and host from the outermost trusted proxy that names them. */
function followForwarded(text: string, peer: string, trust: Trust): Forwarded {
  const { ipAddress, believed } = follow(hopsOfForwarded(text), peer, trust)
  const proto = believed.findLast((hop) => hop.proto !== undefined)?.proto
  const host = believed.findLast((hop) => hop.host !== undefined)?.host
  return { ipAddress, proto, host }
}

/** @param hops nearest first */
function follow(hops: Iterable<Hop>, peer: string, trust: Trust): { ipAddress: string; believed: Hop[] } {
  const believed: Hop[] = []
  let ipAddress = peer
  for (const hop of hops) {
    if (!trust(ipAddress, believed.length)) break
    believed.push(hop)
    if (hop.address === undefined || believed.length > maxHops) return { ipAddress: peer, believed }
    ipAddress = hop.address
  }
  return { ipAddress, believed }
}

function* hopsOfFor(text: string): Generator<Hop> {
  for (const member of text.split(',').reverse()) if (member.trim() !== '') yield { address: readNode(member.trim()) }
}

function* hopsOfForwarded(text: string): Generator<Hop> {
  for (const member of membersFromEnd(text)) {
    if (member === '') continue
    const pairs = readParameters(member, { loose: true })
    yield { address: readNode(pairs?.get('for') ?? ''), proto: pairs?.get('proto'), host: pairs?.get('host') }
  }
}

/**
 * Reads the address of a node, without the port that some proxies append: 203.0.113.7:4711, [2001:db8::1]:_port
 * (RFC 7239, 6).
 * @returns undefined for `unknown` and for obfuscated identifiers, too
 */
function readNode(text: string): string | undefined {
  const [, v6, v4] = /^(?:\[([^\]]*:[^\]]*)\]|(\d+(?:\.\d+){3}))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(text) ?? []
  return parseIpAddress(v6 ?? v4 ?? text)
}

function textOf(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? '')
}
