import type { Config } from '../config/config.ts'
import type { AppContext } from '../http/state.ts'
import { readSentMails, type SentMail } from '../mail/sentMails.ts'

const localHost = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/**
 * Reads the newest sent mails, whose codes open accounts. They are visible only on a service that sends none by SMTP
 * and is for this machine only, to a client on this machine, whose Host no other site can have (DNS rebinding). A proxy
 * or a tunnel on this machine may serve clients elsewhere.
 * @returns undefined if the client may not see the mails
 */
export async function readVisibleMails(
  { hostname, headers, state }: AppContext,
  { baseUrl, dataDir, mail }: Pick<Config, 'baseUrl' | 'dataDir' | 'mail'>,
  count: number,
): Promise<SentMail[] | undefined> {
  const hosts = [new URL(baseUrl).hostname, hostname, state.client.ipAddress]
  const isLocal = hosts.every((host) => localHost.test(host))
  const isForwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers)
  return mail.kind !== 'smtp' && isLocal && !isForwarded ? readSentMails(dataDir, count) : undefined
}
