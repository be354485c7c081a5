import type { IncomingHttpHeaders } from 'node:http'
import { parseIpAddress } from '../domain/ipAddress.ts'
import { membersFromEnd, readParameters } from './fields.ts'

/**
 * What one proxy reports of the request that it received: the IP address that sent the request, its scheme and its
 * host.
 */
type Hop = { address: string | undefined; proto?: string | undefined; host?: string | undefined }
export type Forwarded = { ipAddress: string; proto: string | undefined; host: string | undefined }
type Trust = (address: string, hop: number) => boolean

// The number of proxies after which the reports are ignored. No real request passes through so many proxies.
const maxHops = 32
const otherFields = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'] as const

export const hasForwarded = (headers: IncomingHttpHeaders) => headers.forwarded !== undefined
export const hasXForwarded = (headers: IncomingHttpHeaders) => otherFields.some((name) => headers[name] !== undefined)

/**
 * Reads what a trusted peer forwards (security 57, 114). Each proxy appends the IP address of its client. So the
 * entries are read from the end, as long as a trusted proxy wrote them. If a trusted proxy reports no IP address, the
 * peer's IP address counts. `Forwarded` (RFC 7239) is read only if there is no X-Forwarded-* field, because most
 * proxies set X-Forwarded-* and pass on the `Forwarded` that a client sent.
 */
export function readForwarded(headers: IncomingHttpHeaders, peer: string, trust: Trust): Forwarded {
  if (!hasXForwarded(headers)) return followForwarded(headers.forwarded ?? '', peer, trust)
  const { ipAddress } = follow(hopsOfFor(textOf(headers, 'x-forwarded-for')), peer, trust)
  const first = (name: string) => textOf(headers, name).split(',', 1)[0]?.trim()
  return { ipAddress, proto: first('x-forwarded-proto'), host: first('x-forwarded-host') }
}

/** Reads a Forwarded field. The scheme and the host are those of the outermost trusted proxy that reports them. */
function followForwarded(text: string, peer: string, trust: Trust): Forwarded {
  const { ipAddress, believed } = follow(hopsOfForwarded(text), peer, trust)
  const proto = believed.findLast((hop) => hop.proto !== undefined)?.proto
  const host = believed.findLast((hop) => hop.host !== undefined)?.host
  return { ipAddress, proto, host }
}

/**
 * Follows the reports of proxies for as long as a trusted proxy wrote them.
 * @param hops the reports, nearest proxy first
 */
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
 * Reads the IP address of a node, without the port that some proxies append: 203.0.113.7:4711, [2001:db8::1]:_port
 * (RFC 7239, 6).
 * @returns undefined if the node is not an IP address, for example `unknown` or an obfuscated identifier
 */
function readNode(text: string): string | undefined {
  const [, v6, v4] = /^(?:\[([^\]]*:[^\]]*)\]|(\d+(?:\.\d+){3}))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(text) ?? []
  return parseIpAddress(v6 ?? v4 ?? text)
}

function textOf(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? '')
}
