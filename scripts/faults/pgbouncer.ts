import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { missingProgram } from '../missingProgram.ts'
import { endWithTool } from './children.ts'
import type { Cluster } from './cluster.ts'
import { choosePort } from './port.ts'
import { waitFor } from './waiting.ts'

const program = '/usr/sbin/pgbouncer'

export const missingPgBouncer = () => missingProgram(program, 'pgbouncer')

/** PgBouncer in transaction mode, in front of a cluster. It keeps its port when it restarts. */
export class PgBouncer {
  readonly port: number
  readonly #cluster: Cluster
  readonly #file: string
  #process: ChildProcess | undefined

  private constructor(port: number, cluster: Cluster, file: string) {
    this.port = port
    this.#cluster = cluster
    this.#file = file
  }

  static async start(cluster: Cluster): Promise<PgBouncer> {
    const port = await choosePort()
    const [file, users] = [join(cluster.folder, 'pgbouncer.ini'), join(cluster.folder, 'users')]
    const lines = [
      ...['[databases]', `* = host=127.0.0.1 port=${cluster.port}`],
      ...['[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, `unix_socket_dir =`],
      ...['auth_type = trust', `auth_file = ${users}`, 'pool_mode = transaction'],
      'ignore_startup_parameters = extra_float_digits,statement_timeout,idle_in_transaction_session_timeout',
      '',
    ]
    await writeFile(file, lines.join('\n'))
    await writeFile(users, '"gatehouse" ""\n')
    const { account } = cluster.installation
    if (account) for (const path of [file, users]) await chown(path, account.uid, account.gid)
    const bouncer = new PgBouncer(port, cluster, file)
    await bouncer.start()
    return bouncer
  }

  /** Starts the program, and waits until it accepts connections. */
  async start(): Promise<void> {
    this.#process = endWithTool(spawn(program, [this.#file], { cwd: '/', stdio: 'ignore', ...this.#cluster.identity }))
    const isOpen = async () => {
      const socket = connect(this.port, '127.0.0.1')
      const opened = await once(socket, 'connect').catch(() => undefined)
      socket.destroy()
      return opened
    }
    if (!(await waitFor(isOpen, 60_000))) throw new Error('PgBouncer does not start')
  }

  async kill(): Promise<void> {
    const bouncer = this.#process
    if (!bouncer || bouncer.exitCode !== null || bouncer.signalCode !== null) return
    const ended = once(bouncer, 'exit')
    bouncer.kill('SIGKILL')
    await ended
  }
}
