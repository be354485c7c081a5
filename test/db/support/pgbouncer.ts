import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findFreePort } from '../../../scripts/freePort.ts'
import { missingProgram } from '../../../scripts/missingProgram.ts'
import type { OwnServer } from '../../support/ownServer.ts'

/** The path at which Debian's package installs PgBouncer. */
const program = '/usr/sbin/pgbouncer'

export const missingPgBouncer = () => missingProgram(program, 'pgbouncer')

/** Starts PgBouncer for a server, in transaction mode, with its default settings except these. */
export class PgBouncer {
  readonly port: number
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(port: number, process: ChildProcess, folder: string) {
    this.port = port
    this.#process = process
    this.#folder = folder
  }

  static async start(server: OwnServer, settings: Record<string, string> = {}): Promise<PgBouncer> {
    const port = await findFreePort()
    const folder = join(server.folder, `pgbouncer-${port}`)
    await mkdir(folder)
    const all = {
      ...{ listen_addr: '127.0.0.1', listen_port: String(port), unix_socket_dir: folder },
      ...{ auth_type: 'scram-sha-256', auth_file: join(folder, 'users'), pool_mode: 'transaction' },
      ...settings,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
    const databases = `* = host=${server.folder} port=${server.port}`
    await writeFile(join(folder, 'ini'), ['[databases]', databases, '[pgbouncer]', ...lines, ''].join('\n'))
    await writeFile(join(folder, 'users'), '"gh" "pw"\n')
    const { account } = server
    if (account)
      for (const path of [folder, join(folder, 'ini'), join(folder, 'users')])
        await chown(path, account.uid, account.gid)
    const identity = account ? { uid: account.uid, gid: account.gid } : {}
    const bouncer = new PgBouncer(
      port,
      spawn(program, [join(folder, 'ini')], { cwd: '/', stdio: 'ignore', ...identity }),
      folder,
    )
    await bouncer.#ready()
    return bouncer
  }

  url(database: string): string {
    return `postgres://gh:pw@127.0.0.1:${this.port}/${database}`
  }

  async #ready(): Promise<void> {
    for (const until = Date.now() + 15_000; ;) {
      const client = new pg.Client(this.url('postgres'))
      client.on('error', () => undefined)
      try {
        await client.connect()
        await client.end()
        return
      } catch (error) {
        if (Date.now() > until) throw error
        await sleep(50)
      }
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await ended
    await rm(this.#folder, { recursive: true, force: true })
  }
}
