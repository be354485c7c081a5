import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'
import { parseIpAddress } from '../domain/ipAddress.ts'
import type { OperationRequest } from './handlerTypes.ts'
import { decodeField } from './fields.ts'
import { hasForwarded, hasXForwarded, readForwarded } from './forwarded.ts'

/**
 * Reads the client of a request, and the origin that the client used. `basePath` is the path of the base URL. For the
 * client, the request's path begins with `basePath`, but a proxy removes it before the request reaches the service.
 * `isFromTrustedProxy` says whether one of TRUSTED_PROXIES sent the request.
 */
export type ClientReader = (
  request: IncomingMessage,
) => OperationRequest['client'] & { origin: string; basePath: string; isFromTrustedProxy: boolean }

type Options = {
  trustedProxies: readonly string[]
  /** The origin of the base URL, for a request with a malformed Host. */
  fallbackOrigin: string
  /** The path of the base URL, which the proxy removes from requests. */
  basePath?: string
  /**
   * Called once when a peer that is not a trusted proxy forwards requests: all clients of this peer count as one
   * network.
   */
  onUntrusted: (peer: string) => void
  /**
   * Called once when a trusted proxy sends both Forwarded and X-Forwarded-*: one of these may come from the client.
   */
  onBoth?: (peer: string) => void
}

const hostPattern = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?$/iu
const maxUserAgent = 512

/**
 * Makes a function that reads the client's IP address and device from a request, and the scheme and host that the
 * client used. Forwarded headers count only if a trusted proxy sends them (security 24, 57, 114).
 */
export function createClientReader(options: Options): ClientReader {
  const { trustedProxies, fallbackOrigin, basePath = '' } = options
  const trust = proxyaddr.compile([...trustedProxies])
  const warnOfUntrusted = once(options.onUntrusted)
  const warnOfBoth = once(options.onBoth ?? (() => undefined))
  const readOrigin = createOriginReader(fallbackOrigin)
  return ({ socket, headers }) => {
    const peer = parseIpAddress(socket.remoteAddress ?? '') ?? ''
    const trusted = trust(peer, 0)
    if (!trusted && (headers['x-forwarded-for'] !== undefined || hasForwarded(headers))) warnOfUntrusted(peer)
    if (trusted && hasForwarded(headers) && hasXForwarded(headers)) warnOfBoth(peer)
    const { ipAddress, proto, host } = trusted
      ? readForwarded(headers, peer, trust)
      : { ipAddress: peer, proto: undefined, host: undefined }
    const { origin, isPublic } = readOrigin(proto, host || headers.host, Boolean(host))
    return {
      ipAddress,
      userAgent: cleanUserAgent(headers['user-agent'] ?? ''),
      origin,
      basePath: isPublic ? basePath : '',
      isFromTrustedProxy: trusted,
    }
  }
}

function once(warn: (peer: string) => void): (peer: string) => void {
  let warned = false
  return (peer) => {
    if (!warned) warn(peer)
    warned = true
  }
}

/**
 * Makes a function that reads the origin that the client used, and whether the base URL has the same host. It remembers
 * its last result, because most requests have the same host.
 */
function createOriginReader(fallbackOrigin: string) {
  let last: { proto: string | undefined; authority: string | undefined; isForwarded: boolean } | undefined
  let result = { origin: fallbackOrigin, isPublic: true }
  return (proto: string | undefined, authority: string | undefined, isForwarded: boolean) => {
    if (last?.proto === proto && last?.authority === authority && last?.isForwarded === isForwarded) return result
    const origin = originOf(proto, authority)
    const isPublic = origin === undefined || isForwarded || hasSameHost(fallbackOrigin, origin)
    last = { proto, authority, isForwarded }
    result = { origin: origin ?? fallbackOrigin, isPublic }
    return result
  }
}

function originOf(proto: string | undefined, authority: string | undefined): string | undefined {
  const host = decodeField(authority ?? '')
  const origin = `${proto?.toLowerCase() === 'https' ? 'https' : 'http'}://${host}`
  return hostPattern.test(host) && URL.canParse(origin) ? origin : undefined
}

/**
 * Checks whether two URLs have the same host and port. The schemes may differ, because a proxy that ends TLS may not
 * report the scheme.
 */
function hasSameHost(base: string, origin: string): boolean {
  return new URL(origin.replace(/^https?:/, new URL(base).protocol)).host === new URL(base).host
}

/**
 * Returns a User-Agent without control characters, direction marks and other invisible characters, cut to 512 UTF-16
 * code units (security 79).
 */
function cleanUserAgent(value: string): string {
  const text = decodeField(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  return text.slice(0, maxUserAgent).replace(/[\ud800-\udbff]$/, '') // the cut may leave half of a surrogate pair
}
