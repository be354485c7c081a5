import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { StartError } from '../../src/problems.ts'

type Mail = { to: string; text: string; arrivedAt: number }

export type SmtpServer = {
  port: number
  /**
   * Waits for a mail to an email address that arrives at `since` or later.
   * @returns the time of arrival, as a value of performance.now()
   */
  arrival(email: string, since: number): Promise<number>
  /** Waits for an activation mail to an email address. @returns the code in the mail */
  codeTo(email: string): Promise<string>
  stop(): Promise<void>
}

const timeout = 60_000

/**
 * Starts an SMTP server on the loopback interface.
 * @param delivery the milliseconds that the server needs to accept a mail
 */
export async function startSmtpServer(delivery: number): Promise<SmtpServer> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, { envelope }, callback) {
      const arrivedAt = performance.now()
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo) mails.push({ to: address, text, arrivedAt })
        setTimeout(callback, delivery)
      })
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const find = async (email: string, since: number): Promise<Mail> => {
    for (const until = Date.now() + timeout; Date.now() < until;) {
      const mail = mails.find(({ to, arrivedAt }) => to === email && arrivedAt >= since)
      if (mail) return mail
      await sleep(2)
    }
    throw new StartError(`No mail to ${email} arrived within ${timeout / 1000} s.`)
  }
  return {
    port: (server.server.address() as AddressInfo).port,
    arrival: async (email, since) => (await find(email, since)).arrivedAt,
    async codeTo(email) {
      const { text } = await find(email, 0)
      const decoded = text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
      return /activate\/\?code=([\w-]+)/.exec(decoded)?.[1] ?? ''
    },
    async stop() {
      const closed = once(server.server, 'close')
      server.close()
      await closed
    },
  }
}
