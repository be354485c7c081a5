import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { loadConfig } from '../../src/config/config.ts'
import { StartError } from '../../src/problems.ts'
import { startService } from '../../src/service.ts'

/** Who signs in, as schemathesis.toml says too. `spare` is the user of the contract's examples, so that those are accepted; nobody tests as them. */
export const people = {
  user: { email: 'user@example.com', password: 'the password of who tests' },
  superuser: { email: 'superuser@example.com', password: 'the password of who tests' },
  spare: { email: 'test@example.com', password: '12345678' },
  spareSuperuser: { email: 'spare@example.com', password: 'the password of who tests' },
} as const

export type Person = keyof typeof people
export const testers: Person[] = ['user', 'superuser']
export type TokenPair = { access: string; refresh: string }
export type Target = {
  url: string
  /** The codes that activated the people: they go on answering "already active". */
  codes: string[]
  signIn(person: Person): Promise<TokenPair>
  stop(): Promise<void>
}

/** The whole service on a database of its own. It is not in production, so its reply check turns any drift into a 500. */
export async function startTarget(logFile: string): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-schemathesis-'))
  await chmod(folder, 0o711) // as root the database runs as nobody, who must be able to enter
  const { config } = loadConfig({
    DATA_DIR: folder,
    PORT: '0',
    HOST_FOR_SEND_MAIL: 'http://accounts.test',
    EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend',
    RATE_LIMITS: 'off', // every request comes from one network
    ACCESS_TOKEN_LIFETIME: '1h',
  })
  const log = pino({ level: 'warn' }, pino.destination({ dest: logFile, append: false, sync: true }))
  const service = await startService(config, 'the secret key of a test, long enough for production', {
    log,
    onWaiting: (sentence) => {
      log.warn(sentence)
    },
  })
  const stop = async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const { database } = await service.ready
    const codes: string[] = []
    for (const person of Object.values(people)) codes.push(await activate(service.url, folder, person))
    for (const { email } of [people.superuser, people.spareSuperuser]) await makeSuperuser(database.url, email)
    const signIn = (person: Person) => post<TokenPair>(`${service.url}/api/v1/auth/token/`, people[person])
    return { url: service.url, codes, stop, signIn }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Registers, and follows the mail. */
async function activate(url: string, dataDir: string, person: { email: string; password: string }): Promise<string> {
  await post(`${url}/api/v1/users/register/`, { ...person, password_confirm: person.password })
  const code = await mailedCode(join(dataDir, 'outbox'), person.email)
  await post(`${url}/api/v1/users/activate/`, { code })
  return code
}

async function mailedCode(outbox: string, email: string): Promise<string> {
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    for (const name of await readdir(outbox).catch(() => [])) {
      const mail = name.endsWith('.eml') ? await readFile(join(outbox, name), 'utf8') : ''
      const [, code] = /activate\/\?code=([\w-]+)/.exec(mail) ?? []
      if (code !== undefined && mail.includes(`To: ${email}`)) return code
    }
    await sleep(20)
  }
  throw new StartError(`No activation mail to ${email} arrived within 10 s.`)
}

async function makeSuperuser(databaseUrl: string, email: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('update users set is_superuser = true where email = $1', [email])
  await client.end()
}

async function post<Body>(url: string, body: object): Promise<Body> {
  const headers = { 'Content-Type': 'application/json' }
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new StartError(`${url} answered ${reply.status}: ${await reply.text()}`)
  return (await reply.json()) as Body
}
