import { join, relative } from 'node:path'
import type { Config } from '../config.ts'
import { describeFailure } from '../jobs/describeFailure.ts'
import { toMessage, type OutgoingMail } from './message.ts'
import { writeEml } from './outbox.ts'
import type { Smtp } from './smtp.ts'

export type Transport = {
  /** Where mails go, for the start-up line. */
  describe: string
  /** What keeps mails from going out now, in one sentence; within a minute, sending nothing. */
  findFault(): Promise<string | undefined>
  /** Rejects when the mail was not taken; see isPermanent. */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

type Settings = Pick<Config, 'mail' | 'mailFrom' | 'dataDir'>

/** The way out for mails, as configured: SMTP, the console and the outbox folder, or that folder alone. */
export function createTransport({ mail, mailFrom, dataDir }: Settings, print = printToStdout): Transport {
  if (mail.kind === 'smtp') return smtpTransport(mail, mailFrom)
  const folder = join(dataDir, 'outbox')
  const files = join(shortPath(folder), '*.eml')
  const console = mail.kind === 'console'
  return {
    describe: console ? `console and ${files}` : files,
    async send(outgoing) {
      await writeEml(folder, outgoing, mailFrom)
      if (console) print(readable(outgoing))
    },
    findFault: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  }
}

function smtpTransport(smtp: Smtp, from: string): Transport {
  // Imported at the first mail: it takes memory that a service without mails need not have.
  const open = async () => (await import('./smtp.ts')).createSmtp(smtp)
  let opened: ReturnType<typeof open> | undefined
  return {
    describe: `${smtp.host}:${smtp.port}${smtp.user === undefined ? '' : ` as ${smtp.user}`}`,
    async findFault() {
      try {
        await (await (opened ??= open())).verify()
        return undefined
      } catch (error) {
        return `The SMTP server ${smtp.host}:${smtp.port} takes no mails now (${describeFailure(error)}): they wait, and are tried again.`
      }
    },
    async send(outgoing, signal) {
      const message = toMessage(outgoing, from)
      const transporter = await (opened ??= open())
      await transporter.sendMail({ ...message, signal })
    },
    async close() {
      const transporter = await opened
      transporter?.close({ force: true })
    },
  }
}

function readable({ to, subject, text }: OutgoingMail): string {
  const line = '─'.repeat(72)
  return `${line}\nTo: ${to}\nSubject: ${subject}\n\n${text}${line}\n`
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}

function printToStdout(text: string): void {
  process.stdout.write(text)
}
