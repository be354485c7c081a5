import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import { fileBackend, makeDataDir, readMailedCode, registerActiveUser } from '../temporaryService.ts'
import { writeDump } from './importedUsers.ts'
import type { SmtpServer } from './smtp.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

export type Timed = { status: number; ms: number }
export type ServiceProcess = {
  url: string
  /** The password of every user. */
  password: string
  /** The email addresses of two active accounts and of a suspended account. */
  known: string
  own: string
  suspended: string
  /** Sends a POST below /api/v1 and measures the milliseconds from its first byte to the last byte of the reply. */
  post: (path: string, body: object) => Promise<Timed>
  getLiveness: () => Promise<Timed>
  /** Measures the resident memory of the service and of its hashing process, in MB. */
  memory: () => Promise<[service: number, hashing: number]>
  stop: () => Promise<void>
}

/**
 * Starts the service in production mode, in a separate process and with a separate embedded database. Limits are
 * off, because refused requests would distort the measurements.
 * @param smtp the SMTP server that receives the mails; without one, the service writes the mails to files
 */
export async function startServiceProcess(smtp?: Pick<SmtpServer, 'port' | 'codeTo'>): Promise<ServiceProcess> {
  const folder = await makeDataDir()
  const mail = smtp
    ? { EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(smtp.port), DEFAULT_FROM_EMAIL: 'timing@example.com' }
    : { EMAIL_BACKEND: fileBackend }
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    DATA_DIR: folder,
    PORT: '0',
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    SHUTDOWN_DELAY: '0',
    SECRET_KEY: randomBytes(48).toString('base64'),
    HOST_FOR_SEND_MAIL: 'http://localhost:0', // the service replaces port 0
    ...mail,
  }
  const options = { cwd: folder, env }
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    ...options,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const stop = async () => {
    const ended = child.exitCode ?? once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const url = await readUrl(child.stdout)
    const password = randomBytes(18).toString('base64url')
    const users = { known: 'known@example.com', own: 'own@example.com', suspended: 'suspended@example.com' }
    const readCode = smtp?.codeTo ?? ((email: string) => readMailedCode(folder, email))
    for (const email of Object.values(users)) await registerActiveUser(url, { email, password }, readCode)
    const suspend = [join(root, 'src/cli/gatehouse.ts'), 'users', 'suspend', users.suspended]
    await run(process.execPath, suspend, options)
    const dump = join(folder, 'django.json')
    await writeDump(dump)
    await run(process.execPath, [join(root, 'src/cli/gatehouse.ts'), 'import', 'django', '--from', dump], options)
    return {
      url,
      password,
      ...users,
      post: (path, body) => post(`${url}/api/v1/${path}`, body),
      getLiveness: () => measureRequest(`${url}/health/live`),
      memory: () => measureMemory(child.pid),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function post(url: string, body: object): Promise<Timed> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  return measureRequest(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function measureRequest(url: string, init: RequestInit = {}): Promise<Timed> {
  const began = performance.now()
  const reply = await fetch(url, init)
  await reply.arrayBuffer()
  return { status: reply.status, ms: performance.now() - began }
}

/**
 * Waits for the line of the log that reports the end of the start, and returns the URL in it.
 * @throws StartError if the process ends before it prints the line
 */
function readUrl(stdout: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    stdout.on('data', (text: Buffer) => {
      printed += text.toString()
      const [, url] = /"url":"([^"]+)".*"msg":"service started"}\n/.exec(printed) ?? []
      if (url !== undefined) resolve(url)
    })
    stdout.on('close', () => {
      reject(new StartError('The service did not start: npm start may show the reason.'))
    })
  })
}

async function measureMemory(service = 0): Promise<[number, number]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='])
  const processes = stdout.split('\n').map((line) => {
    const [, pid, parent, size, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { pid: Number(pid), parent: Number(parent), mb: Number(size) / 1024, args }
  })
  const own = processes.find(({ pid }) => pid === service)
  const hashing = processes.find(({ parent, args }) => parent === service && args.includes('passwords/child'))
  return [own?.mb ?? NaN, hashing?.mb ?? NaN]
}
