import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { chooseOsUser, type OsUser } from '../../src/embedded/osUser.ts'
import { findBinaries } from '../../src/embedded/binaries.ts'
import { findFreePort } from '../../scripts/freePort.ts'
import { scratch } from './scratch.ts'

const run = promisify(execFile)
const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

type Options = {
  parameters?: Record<string, string>
  /** Files that the server reads. Its system user becomes their owner. */
  files?: string[]
  /** Lines of pg_hba.conf before those that require a password. */
  access?: string[]
}

const env = { PATH: process.env['PATH'], LC_ALL: 'C' }

/** Returns a cluster to copy. The first caller of all test files creates it, because initdb takes most of the time. */
async function findCluster(initdb: string, identity: { uid?: number; gid?: number }): Promise<string> {
  const shared = process.env['TEST_FOLDER'] ?? assert.fail('TEST_FOLDER is not set')
  const cluster = join(shared, 'cluster')
  if (existsSync(cluster)) return cluster
  const work = await mkdtemp(join(shared, 'cluster-'))
  const [data, password] = [join(work, 'data'), join(work, 'password')]
  await mkdir(data)
  await writeFile(password, 'pw')
  const { uid, gid } = identity
  if (uid !== undefined && gid !== undefined) for (const path of [work, data, password]) await chown(path, uid, gid)
  const flags = ['--username=gh', '--auth=scram-sha-256', `--pwfile=${password}`, '--encoding=UTF8', '--locale=C']
  await run(initdb, [...flags, '--no-sync', `--pgdata=${data}`], { cwd: '/', env, ...identity })
  await rename(data, cluster).catch((error: unknown) => {
    if (!existsSync(cluster)) throw error // otherwise another test file has created it in the meantime
  })
  return cluster
}

/** A PostgreSQL server for tests that need their own settings, on TCP and on a Unix socket in its folder. */
export class OwnServer {
  readonly folder: string
  readonly port: number
  readonly account: OsUser
  #process: ChildProcess | undefined
  readonly #launch: () => ChildProcess

  private constructor(folder: string, port: number, account: OsUser, launch: () => ChildProcess) {
    this.folder = folder
    this.port = port
    this.account = account
    this.#launch = launch
  }

  static async start({ parameters = {}, files = [], access = [] }: Options = {}): Promise<OwnServer> {
    const folder = await mkdtemp(join(scratch, 'gatehouse-server-'))
    const account = await chooseOsUser(undefined)
    const { initdb, postgres } = await findBinaries(account, folder)
    const identity = account ? { uid: account.uid, gid: account.gid } : {}
    const data = join(folder, 'data')
    await chmod(folder, 0o755)
    for (const file of files) await cp(file, join(folder, basename(file)))
    const own = [folder, ...files.map((file) => join(folder, basename(file)))]
    if (account) for (const path of own) await chown(path, account.uid, account.gid)
    for (const file of files) await chmod(join(folder, basename(file)), 0o600)
    await run('cp', ['-a', await findCluster(initdb, identity), data])
    const rules = [...access, 'local all all scram-sha-256', 'host all all 127.0.0.1/32 scram-sha-256', '']
    await writeFile(join(data, 'pg_hba.conf'), rules.join('\n'))
    const port = await findFreePort()
    const all = {
      ...{ ...quick, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: folder },
      ...parameters,
    }
    const settings = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const launch = () => spawn(postgres, ['-D', data, ...settings], { cwd: '/', env, stdio: 'ignore', ...identity })
    const server = new OwnServer(folder, port, account, launch)
    await server.resume()
    return server
  }

  /** Returns the URL over TCP, of the server's database or of the given one. */
  url(database = 'postgres', parameters: Record<string, string> = {}): string {
    const query = new URLSearchParams(parameters).toString().replaceAll('+', '%20')
    return `postgres://gh:pw@localhost:${this.port}/${database}${query === '' ? '' : `?${query}`}`
  }

  /** Returns the URL over the Unix socket. */
  socketUrl(database = 'postgres'): string {
    return `postgres://gh:pw@/${database}?host=${encodeURIComponent(this.folder)}&port=${this.port}`
  }

  async query<Row extends object>(text: string, database = 'postgres'): Promise<Row[]> {
    const client = new pg.Client({
      ...{ host: this.folder, port: this.port, user: 'gh', password: 'pw', database },
    })
    await client.connect()
    try {
      return (await client.query<Row>(text)).rows
    } finally {
      await client.end()
    }
  }

  async pause(): Promise<void> {
    const ended = this.#process && once(this.#process, 'exit')
    this.#process?.kill('SIGINT')
    await ended
    this.#process = undefined
  }

  async resume(): Promise<void> {
    this.#process = this.#launch()
    for (const until = Date.now() + 30_000; ;) {
      const error: unknown = await this.query('select 1').then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) return
      if (Date.now() > until || this.#process.exitCode !== null) throw error as Error
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    await this.pause()
    await rm(this.folder, { recursive: true, force: true })
  }
}
