import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { scratch } from './scratch.ts'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { NIL } from 'uuid'
import { loadConfig } from '../../src/config/config.ts'
import { createLog } from '../../src/log.ts'
import { startService, type Service } from '../../src/service.ts'
import { keepNotes, noteLog, noteSecrets } from './canaries.ts'
import { record, textOf } from './recorder.ts'
import type { OperationId } from './contract.ts'
import { operationRoutes } from './operations.ts'
import { readMail, type ReceivedMail } from './receivedMail.ts'
import { LocalHashQueue } from '../../src/domain/passwords/hashQueue.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'
import { lightHashing, slowHashing } from './hashing.ts'
import { createTestDatabase, query } from './database.ts'

export type { OperationId }
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }
export type Call = {
  body?: unknown
  path?: Record<string, string>
  query?: Record<string, string>
  token?: string
  headers?: Record<string, string>
}
export type SignedIn = { id: string; email: string; password: string; access: string; refresh: string }

export type StartOptions = {
  waits?: boolean
  locale?: string
  reloadKeys?: number
  onLog?: (line: string) => void
  hashing?: keyof typeof hashQueues
}

const hashQueues = {
  quick: () => ({ hashQueue: new LocalHashQueue(quickHashing) }),
  slow: () => ({ hashQueue: new LocalHashQueue(slowHashing) }),
  light: () => ({ hashQueue: new LocalHashQueue(lightHashing) }),
  real: () => ({}),
}

/** No delay after a dropped mail. The tests of this delay (security 96) run the task without a service. */
const noDelay = { add: () => undefined, usual: 0 }

export const password = 'correct horse battery staple'

/** The whole service, as npm start runs it, with its own database and DATA_DIR. */
export class TestService {
  readonly url: string
  readonly databaseUrl: string
  readonly service: Service
  readonly dataDir: string
  readonly #drop: () => Promise<void>
  readonly #drifts: Map<string, string>
  readonly #read = new Set<string>()
  #users = 0

  private constructor(
    service: Service,
    databaseUrl: string,
    dataDir: string,
    given: { drop: () => Promise<void>; drifts: Map<string, string> },
  ) {
    this.service = service
    this.url = service.url
    this.databaseUrl = databaseUrl
    this.dataDir = dataDir
    this.#drop = given.drop
    this.#drifts = given.drifts
  }

  /**
   * @param settings as in .env; they override the defaults of the tests
   * @param options.waits whether the service may start before its database exists
   * @param options.locale the ICU locale of the database
   * @param options.reloadKeys seconds between two readings of the signing keys
   * @param options.onLog called with every line of the log, at debug level
   * @param options.hashing `real` uses the hashing process as in production; `light` does a twentieth of its work;
   * `slow` only waits, and `quick`, the default, returns at once
   */
  static async start(
    settings: Record<string, string> = {},
    { waits = false, hashing = 'quick', onLog, locale, ...options }: StartOptions = {},
  ): Promise<TestService> {
    const { url, serviceUrl, drop } = await createTestDatabase(locale)
    const dataDir = await mkdtemp(join(scratch, 'gatehouse-data-'))
    const { config } = loadConfig({
      DATABASE_URL: serviceUrl,
      DATA_DIR: dataDir,
      PORT: '0',
      HOST_FOR_SEND_MAIL: 'http://accounts.test',
      EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend',
      RATE_LIMITS: 'off', // all of a test's users share one network
      ...settings,
    })
    const drifts = new Map<string, string>()
    const log = createTestLog(drifts, onLog)
    const secretKey = config.secretKey ?? 'the secret key of a test, long enough for production'
    noteSecrets(
      secretKey,
      new URL(url).password,
      ...config.previousSecretKeys,
      settings['EMAIL_HOST_PASSWORD'],
      settings['DJANGO_SIGNING_KEY'],
    )
    const service = await startService(config, secretKey, {
      ...options,
      ...hashQueues[hashing](),
      log,
      deliveryTimes: noDelay,
      onWaiting: (sentence) => {
        if (!waits) throw new Error(sentence)
      },
    })
    const test = new TestService(service, url, dataDir, { drop, drifts })
    if (!waits)
      await service.ready.catch(async (error: unknown) => {
        await test.stop()
        throw error
      })
    return test
  }

  async stop(): Promise<void> {
    await this.service.stop()
    await this.#drop()
    await rm(this.dataDir, { recursive: true, force: true })
    keepNotes()
  }

  /** Calls an operation by its id, with a body as JSON. A path parameter that is not given is an unknown id. */
  async call(
    operationId: OperationId,
    { body, path: names = {}, query: parameters, token, headers = {} }: Call = {},
  ): Promise<Answer> {
    const { method, path: template } = operationRoutes[operationId]
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? NIL)
    const search = parameters ? `?${new URLSearchParams(parameters).toString()}` : ''
    return this.fetch(`${path}${search}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  /** Sends a request, without following redirects. @throws the error of the reply check if it refuses the reply */
  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const reply = await fetch(`${this.url}${path}`, { redirect: 'manual', ...init })
    const text = await reply.text()
    const type = reply.headers.get('content-type')
    const body = type?.includes('json') && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : { text }
    const drift = this.#drifts.get(reply.headers.get('x-request-id') ?? '')
    if (drift !== undefined) throw new Error(drift)
    const { method = 'GET', body: sent, headers } = init
    const sentHeaders = new Headers(headers)
    noteSecrets(sentHeaders.get('authorization')?.split(' ')[1])
    record({
      method,
      target: path,
      headers: sentHeaders,
      body: textOf(sent),
      reply: { status: reply.status, type, body },
    })
    return { status: reply.status, headers: reply.headers, body }
  }

  /** Runs SQL on the database of the service, as its owner. */
  sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row & Record<string, unknown>>(this.databaseUrl, text, values)
  }

  /** Waits for the next unread mail to an address. */
  async mailTo(email: string): Promise<ReceivedMail> {
    const outbox = join(this.dataDir, 'outbox')
    const until = Date.now() + 10_000
    while (Date.now() < until) {
      const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.eml')).sort()
      for (const name of names.filter((unread) => !this.#read.has(unread))) {
        const mail = await readMail(join(outbox, name))
        if (mail.to !== email) continue
        noteSecrets(mail.code)
        this.#read.add(name)
        return mail
      }
      await sleep(20)
    }
    throw new Error(`no mail to ${email} within 10 s`)
  }

  /**
   * Waits until the queue is empty and the jobs of dropped mails have ended, which clear the addresses of these mails.
   * Then counts the mails in the outbox.
   */
  async countMails(): Promise<number> {
    const unfinished = `status = 'queued' or (status = 'dropped' and cause is not null)`
    for (;;) {
      const [queued] = await this.sql<{ count: string }>(`select count(*) from mails where ${unfinished}`)
      if (queued?.count === '0') break
      await sleep(20)
    }
    return (await readdir(join(this.dataDir, 'outbox')).catch(() => [])).length
  }

  /** Returns an unused email address. */
  email(): string {
    return `user${++this.#users}@example.com`
  }

  /** Registers a user and activates the account by the code in the mail. */
  async activeUser({ email = this.email(), ...more }: { email?: string; language?: string } = {}): Promise<{
    email: string
    password: string
  }> {
    const registered = await this.call('registerUser', {
      body: { email, password, password_confirm: password, ...more },
    })
    assert.equal(registered.status, 201, JSON.stringify(registered.body))
    const { code } = await this.mailTo(email)
    const activated = await this.call('confirmActivation', { body: { code } })
    assert.equal(activated.status, 200, JSON.stringify(activated.body))
    return { email, password }
  }

  async signIn(email: string, headers: Record<string, string> = {}): Promise<{ access: string; refresh: string }> {
    const { status, body } = await this.call('createToken', { body: { email, password }, headers })
    assert.equal(status, 200, JSON.stringify(body))
    return body as { access: string; refresh: string }
  }

  /** Creates a user who is registered, active and signed in. */
  async signedIn({ superuser = false, ...options }: { email?: string; superuser?: boolean } = {}): Promise<SignedIn> {
    const { email } = await this.activeUser(options)
    const tokens = await this.signIn(email)
    const { body } = await this.call('getMe', { token: tokens.access })
    const id = String(body['id'])
    if (superuser) await this.sql('update users set is_superuser = true where id = $1', [id])
    return { id, email, password, ...tokens }
  }
}

/** Records the errors of the reply check by request, because a test would otherwise report only a 500. */
function createTestLog(drifts: Map<string, string>, onLog: (line: string) => void = noteLog): Logger {
  const isShown = process.env['TEST_LOG_LEVEL'] !== undefined
  const write = (line: string) => {
    onLog(line)
    if (isShown) process.stdout.write(line)
    if (!line.includes('openapi.yaml does not describe')) return
    const { request_id = '', err } = JSON.parse(line) as { request_id?: string; err?: unknown }
    if (typeof err === 'string') drifts.set(request_id, err)
  }
  return createLog(process.env['TEST_LOG_LEVEL'] ?? 'debug', { write })
}
