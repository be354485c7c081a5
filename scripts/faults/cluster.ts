import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findBinaries } from '../../src/embedded/binaries.ts'
import { chooseOsUser, type OsUser } from '../../src/embedded/osUser.ts'
import { endWithTool } from './children.ts'
import { choosePort } from './port.ts'
import { waitFor } from './waiting.ts'

export const run = promisify(execFile)

/** The programs of a PostgreSQL installation, and the user that runs them, because PostgreSQL refuses to run as root. */
export type Installation = { initdb: string; postgres: string; account: OsUser }

/** A commit survives the end of every process, but need not survive a crash of the machine, so nothing is synced. */
const quick = { fsync: 'off', full_page_writes: 'off', max_connections: '100' }

/** Finds the embedded PostgreSQL. */
export async function findEmbedded(folder: string): Promise<Installation> {
  const account = await chooseOsUser(undefined)
  return { ...(await findBinaries(account, folder)), account }
}

/** A PostgreSQL server on 127.0.0.1 that accepts every connection. Its data are in the folder `data`. */
export class Cluster {
  readonly folder: string
  readonly port: number
  readonly installation: Installation
  parameters: Record<string, string>
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number, installation: Installation, parameters: Record<string, string>) {
    this.folder = folder
    this.port = port
    this.installation = installation
    this.parameters = parameters
  }

  /**
   * Makes the folder of a server below `parent`, without its data.
   * @param parameters the server's parameters, in addition to those that make it fast
   */
  static async prepare(
    parent: string,
    installation: Installation,
    parameters: Record<string, string> = {},
  ): Promise<Cluster> {
    const folder = await mkdtemp(join(parent, 'postgres-'))
    await chmod(folder, 0o755)
    const { account } = installation
    if (account) await chown(folder, account.uid, account.gid)
    return new Cluster(folder, await choosePort(), installation, parameters)
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  get identity(): { uid?: number; gid?: number } {
    const { account } = this.installation
    return account ? { uid: account.uid, gid: account.gid } : {}
  }

  /** The pid of the postmaster. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Returns the URL of a database, through another port if one is given. */
  url(database = 'gatehouse', port = this.port): string {
    return `postgres://gatehouse@127.0.0.1:${port}/${database}`
  }

  /** Creates the data with initdb. */
  async init(): Promise<void> {
    const flags = ['--username=gatehouse', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    const options = { cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...this.identity }
    await run(this.installation.initdb, [...flags, `--pgdata=${this.data}`], options)
  }

  /** Copies the data of a stopped server. */
  async copyFrom(template: Cluster): Promise<void> {
    await mkdir(this.data, { recursive: true, mode: 0o700 })
    await run('cp', ['-a', `${template.data}/.`, this.data])
    await run('rm', ['-f', join(this.data, 'postmaster.pid')])
  }

  async writeFile(name: string, text: string): Promise<void> {
    await writeFile(join(this.data, name), text)
    const { account } = this.installation
    if (account) await chown(join(this.data, name), account.uid, account.gid)
  }

  /** Starts the server. After a kill, it starts only when the last processes of the former server have ended. */
  async start(): Promise<void> {
    const answers = async () => {
      const isRunning = this.#process?.exitCode === null && this.#process.signalCode === null
      if (!isRunning) this.#launch()
      return this.query('select 1', 'postgres').catch(() => undefined)
    }
    if (!(await waitFor(answers, 120_000))) throw new Error('PostgreSQL does not start')
  }

  #launch(): void {
    const all = { ...quick, port: String(this.port), listen_addresses: '127.0.0.1', ...this.parameters }
    const settings = Object.entries({ ...all, unix_socket_directories: this.folder }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ])
    this.#process = endWithTool(
      spawn(this.installation.postgres, ['-D', this.data, ...settings], {
        cwd: '/',
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
        stdio: 'ignore',
        ...this.identity,
      }),
    )
  }

  /** Sends a signal to the postmaster, and waits for its end: SIGINT is fast, SIGQUIT immediate. */
  async kill(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const server = this.#process
    this.#process = undefined
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }

  /** Runs statements as the superuser of the server. */
  async query<Row extends object>(text: string, database = 'gatehouse', values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<Row>(text, values)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async remove(): Promise<void> {
    await this.kill('SIGQUIT')
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}
