import { truncate } from 'node:fs/promises'
import { findEmbedded, type Cluster } from '../faults/cluster.ts'
import { MailServer } from '../faults/mailServer.ts'
import { ServiceProcess } from '../faults/serviceProcess.ts'
import { createTemplate, type Account } from '../faults/template.ts'
import { BaselineServer } from './baselineServer.ts'
import { createBaselineTables } from './baselines/tables.ts'
import { timeToReady } from './ready.ts'

/** The most connections of a load. Their accounts only refresh, and all others sign in. */
export const maxConnections = 100

/** A commit waits for the disk, as it does in production. */
const durable = {
  ...{ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  ...{ shared_buffers: '512MB', max_connections: '200' },
}

/** The processes that are measured: PostgreSQL, the service, and the server of the baselines. */
export class BenchLab {
  readonly cluster: Cluster
  readonly service: ServiceProcess
  readonly baselines: BaselineServer
  readonly accounts: Account[]
  readonly #mailServer: MailServer
  #signedIn = 0
  /** The body of each account's next refresh. */
  refreshBodies: string[]

  private constructor(
    cluster: Cluster,
    service: ServiceProcess,
    baselines: BaselineServer,
    mailServer: MailServer,
    accounts: Account[],
  ) {
    this.cluster = cluster
    this.service = service
    this.baselines = baselines
    this.#mailServer = mailServer
    this.accounts = accounts
    this.refreshBodies = accounts.map(({ refresh }) => JSON.stringify({ refresh }))
  }

  /** Starts PostgreSQL on a new database with accounts, and prepares the rest. */
  static async prepare(folder: string): Promise<BenchLab> {
    const { cluster, accounts } = await createTemplate(folder, await findEmbedded(folder))
    cluster.parameters = durable
    await cluster.start()
    await createBaselineTables(cluster, accounts.length)
    const mailServer = new MailServer()
    await mailServer.start()
    const options = { databaseUrl: cluster.url(), smtpPort: mailServer.port, folder }
    const service = await ServiceProcess.prepare(options)
    // The limits are counted. A minute of refreshes from one address would exceed those for the tests of faults.
    service.settings = { ...service.settings, LIMIT_REFRESH: '999999/1m', REFRESH_GRACE: '30s' }
    const baselines = await BaselineServer.prepare(cluster.url('baselines'))
    return new BenchLab(cluster, service, baselines, mailServer, accounts)
  }

  /**
   * Returns accounts that have not signed in lately and whose tokens no other case uses: more sign-ins than
   * MAX_SESSIONS end the oldest session of an account.
   */
  accountsToSignIn(count: number): Account[] {
    const others = this.accounts.slice(maxConnections)
    return Array.from({ length: count }, () => others[this.#signedIn++ % others.length]).filter(
      (one) => one !== undefined,
    )
  }

  /** Removes the dead rows of the last round, so that each round finds the same tables. */
  async tidy(): Promise<void> {
    for (const database of ['gatehouse', 'baselines']) await this.cluster.query('vacuum analyze', database)
    await this.cluster.query('checkpoint')
  }

  /**
   * Starts a new service and a new server of the baselines.
   * @param settings of this start alone
   * @returns the milliseconds until each was ready
   */
  async restart(settings: Record<string, string> = {}): Promise<{ service: number; baseline: number }> {
    await this.end()
    // The log of a round is of no use in the next, and grows by a gigabyte in an hour.
    await truncate(this.service.logFile).catch(() => undefined)
    const baseline = await this.baselines.start()
    this.service.launch(settings)
    const service = await timeToReady(`${this.service.url}/health/ready`, () => this.service.isRunning)
    return { service, baseline }
  }

  async end(): Promise<void> {
    await this.service.end('SIGTERM')
    await this.baselines.stop()
  }

  async stop(): Promise<void> {
    await this.end()
    await this.#mailServer.stop()
    await this.cluster.remove()
  }

  get servicePids(): Record<string, number> {
    return { 'the server': this.service.pid, PostgreSQL: this.cluster.pid ?? NaN }
  }

  get baselinePids(): Record<string, number> {
    return { 'the server': this.baselines.pid, PostgreSQL: this.cluster.pid ?? NaN }
  }

  /** Refreshes the session of the first accounts. @returns their access tokens */
  async accessTokens(count: number): Promise<string[]> {
    const tokens = this.refreshBodies.slice(0, count).map(async (body, account) => {
      const headers = { 'content-type': 'application/json' }
      const reply = await fetch(`${this.service.url}/api/v1/auth/token/refresh/`, { method: 'POST', headers, body })
      if (!reply.ok) throw new Error(`A refresh was answered with ${reply.status}: ${await reply.text()}`)
      const { access, refresh } = (await reply.json()) as { access: string; refresh: string }
      this.refreshBodies[account] = JSON.stringify({ refresh })
      return access
    })
    return Promise.all(tokens)
  }

  /** Returns the position of PostgreSQL's write-ahead log in bytes. */
  async walPosition(): Promise<number> {
    const [row] = await this.cluster.query<{ bytes: number }>(
      `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as bytes`,
    )
    return row?.bytes ?? NaN
  }
}
