import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyaddr from 'proxy-addr'
import type { Asked } from './contract.ts'

export type ReadClient = (request: IncomingMessage) => Asked['client'] & { origin: string }

const host = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?$/iu

/**
 * Who asks, and by which scheme and host: forwarded headers count from trusted proxies only (security 24, 57).
 * @param options.fallbackOrigin for a request whose Host makes no sense
 * @param options.onUntrusted called once, when an unnamed proxy seems to stand in front: every client would be one network
 */
export function createReadClient(options: {
  trustedProxies: readonly string[]
  fallbackOrigin: string
  onUntrusted: (peer: string) => void
}): ReadClient {
  const trust = proxyaddr.compile([...options.trustedProxies])
  let warned = false
  return (request) => {
    const peer = request.socket.remoteAddress ?? ''
    const trusted = trust(peer, 0)
    if (!trusted && !warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true
      options.onUntrusted(peer)
    }
    const ipAddress = plain(proxyaddr(withoutPorts(request), trust))
    return {
      ipAddress: isIP(ipAddress) ? ipAddress : plain(peer), // a trusted proxy that forwards nonsense counts itself
      userAgent: (request.headers['user-agent'] ?? '').replace(/[\p{Cc}]/gu, '').slice(0, 512),
      origin: originOf(request, trusted) ?? options.fallbackOrigin,
    }
  }
}

function originOf(request: IncomingMessage, trusted: boolean): string | undefined {
  const forwarded = (name: string) =>
    trusted
      ? String(request.headers[name] ?? '')
          .split(',')[0]
          ?.trim()
      : undefined
  const scheme = forwarded('x-forwarded-proto') === 'https' ? 'https' : 'http'
  const authority = forwarded('x-forwarded-host') || request.headers.host
  const origin = `${scheme}://${authority ?? ''}`
  return authority !== undefined && host.test(authority) && URL.canParse(origin) ? origin : undefined
}

/** Some proxies append the port that their client came from: 203.0.113.7:4711, [2001:db8::1]:4711. */
function withoutPorts({ socket, headers }: IncomingMessage): IncomingMessage {
  const hops = String(headers['x-forwarded-for'] ?? '').split(',')
  const addresses = hops.map((hop) => hop.trim().replace(/^(?:\[([^\]]*)\]|(\d+(?:\.\d+){3}))(?::\d{1,5})?$/, '$1$2'))
  return { socket, headers: { 'x-forwarded-for': addresses.join() } } as unknown as IncomingMessage
}

/** An IPv4 address that came through an IPv6 socket is an IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
