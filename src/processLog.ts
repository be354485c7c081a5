import { styleText } from 'node:util'
import type { DestinationStream, Logger } from 'pino'
import { printError } from './cli/printError.ts'
import { ConfigError } from './config/config.ts'
import { createLog } from './log.ts'
import { StartError } from './problems.ts'
import { version } from './version.ts'

type Settings = { production: boolean; logLevel: string }
type Started = { url: string; baseUrl: string; docs: boolean; database: string; mail: string; passwords: string }

/**
 * Writes the lines about the start and the stop of the process. In production each of them is a line of the log,
 * at every LOG_LEVEL. Otherwise they are text for the developer who starts the service.
 */
export class ProcessLog {
  readonly log: Logger
  readonly #production: boolean
  readonly #lines: Logger

  private constructor(log: Logger, production: boolean) {
    this.log = log
    this.#production = production
    this.#lines = production ? log.child({ version }, { level: 'info' }) : log
  }

  static async open({ production, logLevel }: Settings): Promise<ProcessLog> {
    const isRead = process.stdout.isTTY && !production
    return new ProcessLog(createLog(logLevel, isRead ? await loadPrettyPrinter() : undefined), production)
  }

  logWarning(sentence: string): void {
    if (this.#production) this.#lines.warn(sentence)
    else console.warn(`Warning: ${sentence}`)
  }

  logWaiting(sentence: string): void {
    const text = `${sentence} Trying again every second; until then requests get 503.`
    if (this.#production) this.#lines.warn(text)
    else console.error(text)
  }

  logNotice(sentence: string): void {
    if (this.#production) this.#lines.info(sentence)
    else console.warn(sentence)
  }

  logStarted({ url, baseUrl, docs, database, mail, passwords }: Started): void {
    if (this.#production) {
      this.#lines.info({ url, database, mail, passwords }, 'service started')
      return
    }
    const facts = [
      ['Gatehouse', url],
      ['Database', database],
      ['Mail', mail],
      ['Passwords', passwords],
    ]
    // The pages are at the base URL, because mailed links lead there, and a browser keeps cookies by host.
    const pages = [
      ['Start page', '/'],
      ['Sign up', '/account/register/'],
      ...(docs ? [['Docs', '/docs/']] : []),
      ['Mails', '/mails/'],
      ['Console', '/console/'],
    ].map(([name = '', path = '']) => [name, styleText('cyan', `${baseUrl}${path}`, { stream: process.stdout })])
    const format = (lines: string[][]) =>
      lines.map(([name = '', value = '']) => `${name.padEnd(11)}${value}\n`).join('')
    process.stdout.write(`${format(facts)}\n${format(pages)}`)
  }

  /** Logs an error that stops the start. */
  logFailure(error: unknown): void {
    if (!this.#production) printError(error)
    else if (error instanceof ConfigError) {
      const { errors } = error
      this.#lines.fatal({ errors }, error.message.split('\n', 1)[0]?.replace(/:$/, ''))
    } else if (error instanceof StartError) this.#lines.fatal(error.message)
    else this.#lines.fatal({ err: error }, 'the start failed')
  }

  /** Logs an error that no code handles, and the request that caused it if that is known. */
  logCrash(error: unknown, request: object | undefined): void {
    this.#lines.fatal({ ...request, err: error }, 'uncaught error')
  }

  /** Writes the warnings of Node.js, such as those about deprecated functions, to the log instead of stderr. */
  redirectNodeWarnings(): void {
    process.removeAllListeners('warning') // Node's own listener prints text
    process.on('warning', (warning) => {
      this.#lines.warn({ err: warning }, 'Node.js warning')
    })
  }

  logStopping(reason: object): void {
    this.#lines.info(reason, 'service stopping')
  }

  logStopped(code: number): void {
    this.#lines.info({ code }, 'service stopped')
  }

  logAbort(signal: string, code: number): void {
    this.#lines.warn({ signal, code }, 'service ends at once')
  }
}

/** Loads the printer of readable lines. It is a package for development, without which the lines are JSON. */
async function loadPrettyPrinter(): Promise<DestinationStream | undefined> {
  try {
    const { default: pretty } = await import('pino-pretty')
    return pretty({ sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
  } catch {
    return undefined
  }
}
