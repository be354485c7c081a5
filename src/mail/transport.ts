import { join, relative } from 'node:path'
import type { Config } from '../config/config.ts'
import { redactError } from '../jobs/redactError.ts'
import { PermanentFailure } from './failure.ts'
import { toMessage, type OutgoingMail } from './message.ts'
import { writeEml } from './outbox.ts'
import type { Smtp } from './smtp.ts'

export type Transport = {
  /** Where mails go, for the start-up line. */
  label: string
  /** What keeps mails from going out now, in one sentence; within a minute, sending nothing. */
  findFault(): Promise<string | undefined>
  /** Which addresses get no mails, in one sentence; within a minute. */
  findLimitation(): Promise<string | undefined>
  /** Whether addresses with a local part beyond ASCII are taken; undefined when that cannot be known. Rejects when it cannot be found out now. */
  takesUnicode(): Promise<boolean | undefined>
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
    label: console ? `console and ${files}` : files,
    async send(outgoing) {
      await writeEml(folder, outgoing, mailFrom)
      if (console) print(readable(outgoing))
    },
    findFault: () => Promise.resolve(undefined),
    findLimitation: () => Promise.resolve(undefined),
    takesUnicode: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  }
}

const withoutUtf8 = 'does not offer SMTPUTF8, so addresses with letters beyond A to Z before the @ get no mails.'

function smtpTransport(smtp: Smtp, from: string): Transport {
  // Imported at the first mail: it takes memory that a service without mails need not have.
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
    async findFault() {
      try {
        await (await (opened ??= open())).transporter.verify()
        return undefined
      } catch (error) {
        return `${server} takes no mails now (${redactError(error)}): they wait, and are tried again.`
      }
    },
    async findLimitation() {
      const taken = await this.takesUnicode().catch(() => undefined)
      return taken === false ? `${server} ${withoutUtf8} They cannot register.` : undefined
    },
    async takesUnicode() {
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
