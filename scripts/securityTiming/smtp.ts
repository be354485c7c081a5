import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../../src/problems.ts'

type Mail = { to: string; text: string; at: number }

export type SmtpServer = {
  port: number
  /** When the next mail to an address arrived, by performance.now(); mails before `since` do not count. */
  arrival(email: string, since: number): Promise<number>
  codeTo(email: string): Promise<string>
  stop(): Promise<void>
}

const patience = 60_000

/** A mail server on the loopback that takes its time for each mail, as one elsewhere does. */
export async function startSmtpServer(milliseconds: number): Promise<SmtpServer> {
  const { SMTPServer } = await import('smtp-server')
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, { envelope }, callback) {
      const at = performance.now()
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo) mails.push({ to: address, text, at })
        setTimeout(callback, milliseconds)
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const find = async (email: string, since: number): Promise<Mail> => {
    for (const until = Date.now() + patience; Date.now() < until;) {
      const mail = mails.find(({ to, at }) => to === email && at >= since)
      if (mail) return mail
      await sleep(2)
    }
    throw new StartError(`No mail to ${email} arrived within ${patience / 1000} s.`)
  }
  return {
    port: (server.server.address() as AddressInfo).port,
    arrival: async (email, since) => (await find(email, since)).at,
    async codeTo(email) {
      const { text } = await find(email, 0)
      const plain = text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
      return /activate\/\?code=([\w-]+)/.exec(plain)?.[1] ?? ''
    },
    async stop() {
      const closed = once(server.server, 'close')
      server.close()
      await closed
    },
  }
}
