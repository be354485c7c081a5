import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { endWithTool } from '../faults/children.ts'
import { choosePort } from '../faults/port.ts'
import { timeToReady } from './ready.ts'

const script = join(import.meta.dirname, 'baselines/koa.ts')

/** The server of baselines/koa.ts as a process. */
export class BaselineServer {
  readonly #port: number
  readonly #databaseUrl: string
  #child: ChildProcess | undefined

  private constructor(port: number, databaseUrl: string) {
    this.#port = port
    this.#databaseUrl = databaseUrl
  }

  static async prepare(databaseUrl: string): Promise<BaselineServer> {
    return new BaselineServer(await choosePort(), databaseUrl)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get pid(): number {
    return this.#child?.pid ?? NaN
  }

  get #isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** Starts the server. @returns the milliseconds until it has replied with a row of its database */
  async start(): Promise<number> {
    const { PATH, NODE_COMPILE_CACHE = '' } = process.env
    const env = { PATH, NODE_COMPILE_CACHE, NODE_ENV: 'production' }
    const variables = { ...env, PORT: String(this.#port), DATABASE_URL: this.#databaseUrl }
    // The young generation has the size that npm start gives to the service.
    this.#child = endWithTool(
      spawn(process.execPath, ['--max-semi-space-size=16', script], { env: variables, stdio: 'inherit' }),
    )
    return timeToReady(`${this.url}/`, () => this.#isRunning)
  }

  async stop(): Promise<void> {
    if (!this.#child || !this.#isRunning) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Returns a token for each account. */
  async tokens(count: number): Promise<string[]> {
    const tokens = Array.from({ length: count }, async (_, user) => {
      const reply = await fetch(`${this.url}/token?user=${user}`)
      return ((await reply.json()) as { access: string }).access
    })
    return Promise.all(tokens)
  }
}
