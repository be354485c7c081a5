import assert from 'node:assert/strict'
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepNotes, noteLog, noteSecrets } from './canaries.ts'
import { createTestDatabase } from './database.ts'
import { scratch } from './scratch.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** Gives a describe an empty folder, a database and processes of the service, which end after its tests. */
export class StartRoom {
  folder = ''
  databaseUrl = ''
  readonly #children: Start[] = []

  constructor() {
    let drop: () => Promise<void>
    before(async () => {
      this.folder = await mkdtemp(join(scratch, 'gatehouse-start-'))
      await chmod(this.folder, 0o755) // root runs PostgreSQL as another user, who must be able to enter the folder
      ;({ url: this.databaseUrl, drop } = await createTestDatabase())
    })
    after(async () => {
      for (const child of this.#children) child.kill('SIGKILL')
      await drop()
      await rm(this.folder, { recursive: true, force: true })
      keepNotes()
    })
  }

  /** Starts the service as npm start does, in the folder, on any free port. */
  start(settings: Record<string, string>): Start {
    return this.#run(process.execPath, [main], { cwd: this.folder }, settings)
  }

  /** Runs `npm start` in a separate process group, as a shell does. */
  startByNpm(settings: Record<string, string>): Start {
    const options = { cwd: join(import.meta.dirname, '../..'), detached: true }
    return this.#run('npm', ['start'], options, { DATABASE_URL: this.databaseUrl, ...settings })
  }

  startOnDatabase(settings: Record<string, string> = {}): Start {
    return this.start({ DATABASE_URL: this.databaseUrl, ...settings })
  }

  #run(program: string, args: string[], options: SpawnOptions, settings: Record<string, string>): Start {
    const own = { DATA_DIR: join(this.folder, 'data'), PORT: '0', LOG_LEVEL: 'debug' }
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const env = { PATH, NODE_COMPILE_CACHE, ...own, ...settings }
    noteSecrets(settings['SECRET_KEY'], settings['SECRET_KEY_PREVIOUS'], new URL(this.databaseUrl).password)
    const child = new Start(spawn(program, args, { ...options, env }))
    this.#children.push(child)
    return child
  }
}

/** One line of the log. */
export type LogLine = Record<string, unknown> & { level: number; msg: string }

/** A service in its own process. `stdout` contains its output without the log. */
export class Start {
  stdout = ''
  readonly log: LogLine[] = []
  stderr = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    let unfinished = ''
    child.stdout?.on('data', (text: Buffer) => {
      const lines = (unfinished + text.toString()).split('\n')
      unfinished = lines.pop() ?? ''
      for (const line of lines)
        if (line.startsWith('{"level":')) {
          noteLog(line)
          this.log.push(JSON.parse(line) as LogLine)
        } else this.stdout += `${line}\n`
    })
    child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString()
    })
    this.ended = once(child, 'close').then(([code]) => code as number | null)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async says(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
    const [, found = ''] = await this.#wait(String(pattern), () => pattern.exec(this[stream]))
    return found
  }

  /** Waits for a line of the log whose message matches. */
  logs(pattern: RegExp): Promise<LogLine> {
    return this.#wait(String(pattern), () => this.log.find(({ msg }) => pattern.test(msg)))
  }

  /** Waits until the process has printed the last line of its start, in production or not. @returns the URL in it */
  url(): Promise<string> {
    return this.#wait('its URL', () => {
      const line = this.log.find(({ msg }) => msg === 'service started')
      const [, printed] = /^Gatehouse {2}(\S+)\n[\s\S]*^Passwords .*\n/m.exec(this.stdout) ?? []
      return printed ?? (line && String(line['url']))
    })
  }

  async #wait<Found>(what: string, find: () => Found | null | undefined): Promise<Found> {
    for (const until = Date.now() + 30_000; Date.now() < until && this.#child.exitCode === null;) {
      const found = find()
      if (found) return found
      await sleep(10)
    }
    throw new Error(`it does not say ${what}: ${this.stdout}${this.stderr}`)
  }
}

export function assertSentence({ stdout, stderr }: Start, pattern: RegExp): void {
  assert.match(stderr.trimEnd(), pattern)
  assert.doesNotMatch(stderr, /^\s+at |node:internal|\.ts:\d/m)
  assert.ok(stderr.length < 1500, stderr)
  assert.equal(stdout, '')
}
