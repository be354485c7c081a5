import type { Config } from '../config/config.ts'
import type { AppContext } from '../http/state.ts'

const localHost = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/**
 * Whether the client may see the mails of the outbox folder, whose codes open accounts. This needs a service for this
 * machine only, a client on this machine, and a Host that no other site can have (DNS rebinding). A proxy or a tunnel on
 * this machine may serve clients elsewhere.
 */
export function maySeeSentMails(
  { hostname, headers, state }: AppContext,
  { baseUrl, mail }: Pick<Config, 'baseUrl' | 'mail'>,
): boolean {
  const hosts = [new URL(baseUrl).hostname, hostname, state.client.ipAddress]
  const isForwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers)
  return mail.kind !== 'smtp' && !isForwarded && hosts.every((host) => localHost.test(host))
}
