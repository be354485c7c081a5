import { join, relative } from 'node:path'
import type { Config } from '../config/config.ts'
import { redactError } from '../jobs/redactError.ts'
import { PermanentFailure } from './refusal.ts'
import { toMessage, type OutgoingMail } from './message.ts'
import { writeEml } from './outboxFolder.ts'
import type { Smtp } from './smtp.ts'

export type Transport = {
  /** The destination of the mails, for the line that the service prints at start. */
  label: string
  /**
   * Tests the connection without sending a mail, for at most a minute.
   * @returns one sentence for the log when mails cannot be sent now
   */
  findProblem(): Promise<string | undefined>
  /**
   * Checks, for at most a minute, whether the mail server refuses some email addresses.
   * @returns one sentence for the log about these email addresses
   */
  findLimitation(): Promise<string | undefined>
  /**
   * Whether mails can go to email addresses whose local part is not ASCII.
   * @returns undefined when the server's replies do not show this
   * @throws Error when the server cannot be reached now
   */
  acceptsUnicode(): Promise<boolean | undefined>
  /**
   * Sends a mail.
   * @throws Error when the server did not accept the mail; classifyFailure decides what the error means
   */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

type Settings = Pick<Config, 'mail' | 'mailFrom' | 'dataDir'>

/** Creates the configured transport: SMTP, the console and the outbox folder, or the outbox folder only. */
export function createTransport({ mail, mailFrom, dataDir }: Settings, print = printToStdout): Transport {
  if (mail.kind === 'smtp') return smtpTransport(mail, mailFrom)
  const folder = join(dataDir, 'outbox')
  const files = join(shortPath(folder), '*.eml')
  const console = mail.kind === 'console'
  return {
    label: console ? `console and ${files}` : files,
    async send(outgoing) {
      await writeEml(folder, outgoing, mailFrom)
      if (console) print(formatForConsole(outgoing))
    },
    findProblem: () => Promise.resolve(undefined),
    findLimitation: () => Promise.resolve(undefined),
    acceptsUnicode: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  }
}

const withoutUtf8 = 'does not offer SMTPUTF8, so addresses with letters beyond A to Z before the @ get no mails.'

function smtpTransport(smtp: Smtp, from: string): Transport {
  // The module is imported at the first mail, so that a service that has sent no mail saves its memory.
  const open = async () => {
    const [{ createSmtp }, { SmtpUtf8, needsSmtpUtf8 }] = await Promise.all([
      import('./smtp.ts'),
      import('./smtpUtf8.ts'),
    ])
    const transporter = createSmtp(smtp)
    return { transporter, utf8: new SmtpUtf8(transporter.options), needsSmtpUtf8 }
  }
  let opened: ReturnType<typeof open> | undefined
  const server = `The SMTP server ${smtp.host}:${smtp.port}`
  return {
    label: `${smtp.host}:${smtp.port}${smtp.user === undefined ? '' : ` as ${smtp.user}`}`,
    async findProblem() {
      try {
        await (await (opened ??= open())).transporter.verify()
        return undefined
      } catch (error) {
        return `${server} accepts no mails now (${redactError(error)}): they wait in the queue, and the worker tries again.`
      }
    },
    async findLimitation() {
      const accepted = await this.acceptsUnicode().catch(() => undefined)
      return accepted === false ? `${server} ${withoutUtf8} They cannot register.` : undefined
    },
    async acceptsUnicode() {
      return (await (opened ??= open())).utf8.isOffered()
    },
    async send(outgoing, signal) {
      const message = toMessage(outgoing, from)
      const { transporter, utf8, needsSmtpUtf8 } = await (opened ??= open())
      if (needsSmtpUtf8(outgoing.to) && (await utf8.isOffered()) === false)
        throw new PermanentFailure(`${server} ${withoutUtf8}`)
      await transporter.sendMail({ ...message, signal })
    },
    async close() {
      ;(await opened)?.transporter.close({ force: true })
    },
  }
}

function formatForConsole({ to, subject, text }: OutgoingMail): string {
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
