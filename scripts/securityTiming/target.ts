import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import type { SmtpServer } from './smtp.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

export type Sent = { status: number; ms: number }
export type Target = {
  url: string
  password: string
  /** An address with an active account, and one with a suspended account of the same password. */
  known: string
  suspended: string
  /** The address of another active account. */
  own: string
  /** POSTs below /api/v1, in milliseconds from the first byte sent to the last one read. */
  post(path: string, body: object): Promise<Sent>
  live(): Promise<Sent>
  /** Resident memory in MB: of the service, and of the process that hashes. */
  memory(): Promise<[service: number, hashing: number]>
  stop(): Promise<void>
}

/**
 * The service as in production, as a process of its own, on an embedded database of its own; without limits, for they would answer instead.
 * @param smtp where its mails go; they are written to files without it
 */
export async function startTarget(smtp?: Pick<SmtpServer, 'port' | 'codeTo'>): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-timing-'))
  await chmod(folder, 0o711) // as root the database runs as nobody, who must be able to enter
  const settings = {
    ...{ NODE_ENV: 'production', DATA_DIR: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error', RATE_LIMITS: 'off' },
    SECRET_KEY: randomBytes(48).toString('base64'),
    ...(smtp
      ? { EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(smtp.port), DEFAULT_FROM_EMAIL: 'timing@example.com' }
      : { EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend' }),
  }
  const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...settings } }
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
    const url = await urlOf(child.stdout)
    const ask = async (path: string, init: RequestInit = {}): Promise<Sent> => {
      const began = performance.now()
      const reply = await fetch(`${url}${path}`, init)
      await reply.arrayBuffer()
      return { status: reply.status, ms: performance.now() - began }
    }
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
    const post = (path: string, body: object) =>
      ask(`/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const target = {
      ...{
        password: randomBytes(18).toString('base64url'),
        known: 'known@example.com',
        suspended: 'suspended@example.com',
        own: 'own@example.com',
      },
      ...{ url, post, live: () => ask('/health/live'), memory: () => memoryOf(child.pid), stop },
    }
    const codeTo = smtp?.codeTo ?? ((email: string) => mailedCode(join(folder, 'data/outbox'), email))
    for (const email of [target.known, target.suspended, target.own]) {
      const { password } = target
      await post('users/register/', { email, password, password_confirm: password })
      const { status } = await post('users/activate/', { code: await codeTo(email) })
      if (status !== 200) throw new StartError(`${email} could not be activated: ${status}.`)
    }
    await run(process.execPath, [join(root, 'src/cli/users.ts'), 'suspend', target.suspended], options)
    return target
  } catch (error) {
    await stop()
    throw error
  }
}

/** Once its lines as far as Mail are there. @throws StartError when it ends before */
function urlOf(stdout: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    stdout.on('data', (text: Buffer) => {
      said += text.toString()
      const [, url] = /^Gatehouse {2}(\S+)\n[\s\S]*^Mail .*\n/m.exec(said) ?? []
      if (url !== undefined) resolve(url)
    })
    stdout.on('close', () => {
      reject(new StartError('The service did not start: npm start may say why.'))
    })
  })
}

async function mailedCode(outbox: string, email: string): Promise<string> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    await sleep(20)
    for (const name of await readdir(outbox).catch(() => [])) {
      const mail = name.endsWith('.eml') ? await readFile(join(outbox, name), 'utf8') : ''
      const [, code] = /activate\/\?code=([\w-]+)/.exec(mail) ?? []
      if (code !== undefined && mail.includes(`To: ${email}`)) return code
    }
  }
  throw new StartError(`No activation mail to ${email} arrived within 10 s.`)
}

async function memoryOf(service = 0): Promise<[number, number]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='])
  const processes = stdout.split('\n').map((line) => {
    const [, pid, parent, size, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { pid: Number(pid), parent: Number(parent), mb: Number(size) / 1024, args }
  })
  const own = processes.find(({ pid }) => pid === service)
  const hashing = processes.find(({ parent, args }) => parent === service && args.includes('passwords/child'))
  return [own?.mb ?? NaN, hashing?.mb ?? NaN]
}
