import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { missingProgram } from '../missingProgram.ts'
import { endWithTool } from './children.ts'
import { choosePort } from './port.ts'
import { waitFor } from './waiting.ts'

const program = '/usr/sbin/haproxy'

export const missingHaproxy = () => missingProgram(program, 'haproxy')

export type HaproxyOptions = {
  folder: string
  mode: 'http' | 'tcp'
  /** The lines of the section `backend`. The servers are named there. */
  backend: string[]
}

/** HAProxy on a port of 127.0.0.1, which sends no request twice. */
export class Haproxy {
  readonly port: number
  readonly #process: ChildProcess
  readonly #socket: string

  private constructor(port: number, socket: string, process: ChildProcess) {
    this.port = port
    this.#socket = socket
    this.#process = process
  }

  static async start({ folder, mode, backend }: HaproxyOptions): Promise<Haproxy> {
    const port = await choosePort()
    const [file, socket] = [join(folder, 'haproxy.cfg'), join(folder, 'haproxy.sock')]
    const lines = [
      ...['global', `stats socket ${socket} mode 600 level admin`],
      ...['defaults', `mode ${mode}`, 'retries 0', 'timeout connect 5s', 'timeout client 300s', 'timeout server 300s'],
      ...['frontend clients', `bind 127.0.0.1:${port}`, 'default_backend servers'],
      ...['backend servers', ...backend, ''],
    ]
    await writeFile(file, lines.join('\n'))
    const haproxy = new Haproxy(port, socket, endWithTool(spawn(program, ['-db', '-f', file], { stdio: 'ignore' })))
    await haproxy.#isListening()
    return haproxy
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Runs a command of HAProxy's administration. @returns its output */
  async run(command: string): Promise<string> {
    const socket = connect(this.#socket)
    let output = ''
    socket.on('data', (text: Buffer) => (output += text.toString()))
    socket.write(`${command}\n`)
    await once(socket, 'close')
    return output
  }

  /** Waits until a server has a status, such as UP, DOWN or DRAIN. */
  async becomes(server: string, status: string): Promise<void> {
    const isSo = async () => (await this.#column(server, 17)).startsWith(status)
    if (!(await waitFor(isSo, 120_000))) throw new Error(`HAProxy's server ${server} does not become ${status}`)
  }

  /** Waits until a server has no requests of clients. */
  async becomesIdle(server: string): Promise<void> {
    const isIdle = async () => (await this.#column(server, 4)) === '0'
    if (!(await waitFor(isIdle, 120_000))) throw new Error(`HAProxy's server ${server} does not become idle`)
  }

  async #column(server: string, column: number): Promise<string> {
    const lines = (await this.run('show stat')).split('\n').map((line) => line.split(','))
    return lines.find(([, name]) => name === server)?.[column] ?? ''
  }

  async #isListening(): Promise<void> {
    const answers = () => this.run('show info').catch(() => undefined)
    if (!(await waitFor(answers, 60_000))) throw new Error('HAProxy does not start')
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}
