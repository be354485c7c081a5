import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endWithTool } from './children.ts'
import { choosePort } from './port.ts'
import { waitFor } from './waiting.ts'

const repository = join(import.meta.dirname, '../..')
export const secretKey = 'a secret key for the tests of faults, 0123456789'
/** The base URL of the service. It is also the issuer of its tokens. */
export const issuer = 'http://accounts.test'

/** The limits are high, because one network sends the requests of all clients. They are still counted. */
const limits = {
  ...{ LIMIT_SIGN_IN: '100000/15m', LIMIT_SIGN_IN_ACCOUNT: '100000/1h', LIMIT_SIGN_IN_NETWORK: '100000/10m' },
  ...{ LIMIT_SIGN_IN_SUCCESS: '100000/1h', LIMIT_REGISTRATION: '100000/1h', LIMIT_RECOVERY: '100000/1h' },
  ...{ LIMIT_REFRESH: '100000/1m', LIMIT_PASSWORD_CHANGE: '100000/1h', LIMIT_NEW_DEVICE_MAILS: '100000/1h' },
  ...{ LIMIT_MAILS_HOUR: '100000/1h', LIMIT_MAILS_DAY: '100000/1d' },
}

export type ServiceOptions = { databaseUrl: string; smtpPort: number; folder: string }

/** The service in a separate process group, as `npm start` runs it in production. It keeps its port when it restarts. */
export class ServiceProcess {
  readonly port: number
  readonly logFile: string
  /** Settings that replace the others from the next start on. */
  settings: Record<string, string>
  /** Whether the service has become ready since its last start. */
  isReady = false
  /** The root of the code to run. */
  code = repository
  #child: ChildProcess | undefined

  private constructor(port: number, { databaseUrl, smtpPort, folder }: ServiceOptions) {
    this.port = port
    this.logFile = join(folder, `service-${port}.log`)
    this.settings = {
      ...limits,
      ...{ PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' },
      ...{ NODE_ENV: 'production', SECRET_KEY: secretKey, PORT: String(port), DATA_DIR: join(folder, 'data') },
      ...{ DATABASE_URL: databaseUrl, HOST_FOR_SEND_MAIL: issuer, TRUSTED_PROXIES: 'loopback' },
      ...{ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(smtpPort), DEFAULT_FROM_EMAIL: 'accounts@accounts.test' },
      // A client of these tests may notice only after a long fault that it has to repeat a refresh.
      ...{ REFRESH_GRACE: '10m' },
    }
  }

  static async prepare(options: ServiceOptions): Promise<ServiceProcess> {
    return new ServiceProcess(await choosePort(), options)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('The service does not run')
    return pid
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** Starts the process, and does not wait until it is ready. @param settings further settings of this start alone */
  launch(settings: Record<string, string> = {}): void {
    this.isReady = false
    const log = openSync(this.logFile, 'a')
    this.#child = endWithTool(
      spawn(
        process.execPath,
        ['--max-semi-space-size=16', '--max-old-space-size=1024', join(this.code, 'src/main.ts')],
        {
          cwd: join(this.logFile, '..'),
          env: { ...this.settings, ...settings },
          detached: true,
          stdio: ['ignore', log, log],
        },
      ),
    )
    closeSync(log)
  }

  async start(): Promise<void> {
    this.launch()
    await this.becomesReady()
  }

  /** Waits until the service is ready. @throws Error if it ends or does not become ready */
  async becomesReady(): Promise<void> {
    const isOver = async () => !this.isRunning || (await this.probe('ready')) === 200
    if (!(await waitFor(isOver, 120_000, 20)) || !this.isRunning)
      throw new Error(`The service does not become ready: ${this.log().slice(-2000)}`)
    this.isReady = true
  }

  /** Returns the status of a health check, or 0 if there is no reply. */
  async probe(check: 'live' | 'ready'): Promise<number> {
    const signal = AbortSignal.timeout(20_000)
    const reply = await fetch(`${this.url}/health/${check}`, { signal }).catch(() => undefined)
    await reply?.arrayBuffer().catch(() => undefined)
    return reply?.status ?? 0
  }

  /** Sends a signal to the process, or to its process group, and does not wait. */
  signal(signal: NodeJS.Signals, target: 'process' | 'group' = 'process'): void {
    try {
      process.kill(target === 'group' ? -this.pid : this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Ends the process, or its whole group if it is killed. @returns its exit code, or null after a kill */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child
    if (!child || !this.isRunning) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    this.signal(signal, signal === 'SIGKILL' ? 'group' : 'process')
    await ended
    return child.exitCode
  }

  /** Returns what the process has printed and logged. */
  log(): string {
    try {
      return readFileSync(this.logFile, 'utf8')
    } catch {
      return ''
    }
  }
}
