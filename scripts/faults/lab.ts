import { mkdtemp, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from './client.ts'
import type { World } from './actions.ts'
import { Cluster, type Installation } from './cluster.ts'
import { Load } from './load.ts'
import { MailServer } from './mailServer.ts'
import type { Random } from './random.ts'
import { Recorder } from './recorder.ts'
import { ServiceProcess } from './serviceProcess.ts'
import type { Template } from './template.ts'
import { verify } from './verify.ts'
import { waitFor } from './waiting.ts'

export type LabOptions = {
  folder: string
  installation: Installation
  template: Template
  random: Random
  isLong: boolean
  say: (text: string) => void
}

/** The processes of one scenario: a database, a mail server and the service. Each scenario has its own. */
export class Lab {
  readonly recorder = new Recorder()
  readonly mailServer: MailServer
  readonly options: LabOptions
  /** The database that is verified. A scenario may replace it. */
  database: Cluster
  readonly service: ServiceProcess
  /** What the scenario has started in addition. The last one is stopped first. */
  readonly cleanUps: (() => Promise<unknown>)[] = []
  readonly #own: Cluster
  #names = 0

  private constructor(options: LabOptions, database: Cluster, mailServer: MailServer, service: ServiceProcess) {
    this.options = options
    this.mailServer = mailServer
    this.database = database
    this.#own = database
    this.service = service
  }

  /** Makes a lab with a copy of the template, and starts nothing but the mail server. */
  static async prepare(options: LabOptions): Promise<Lab> {
    const folder = await mkdtemp(join(options.folder, 'lab-'))
    await chmod(folder, 0o755)
    const database = await Cluster.prepare(folder, options.installation)
    await database.copyFrom(options.template.cluster)
    const mailServer = new MailServer()
    await mailServer.start()
    const service = await ServiceProcess.prepare({ databaseUrl: database.url(), smtpPort: mailServer.port, folder })
    return new Lab(options, database, mailServer, service)
  }

  /** Starts the database and the service, and waits until the service is ready. */
  async start(): Promise<void> {
    await this.database.start()
    await this.service.start()
  }

  async stop(): Promise<void> {
    for (const cleanUp of this.cleanUps.reverse()) await cleanUp()
    await this.service.end('SIGKILL')
    await this.mailServer.stop()
    await this.#own.remove()
  }

  /** Returns the lines of the service's log that have the level `error`. */
  errorsInLog(): string[] {
    return this.service
      .log()
      .split('\n')
      .filter((line) => /^\{"level":[56]0/.test(line))
  }

  world(url = this.service.url): World {
    const { recorder, mailServer } = this
    return { client: new Client(url, recorder), mailServer, recorder, unique: (word) => this.unique(word) }
  }

  /** Returns a text that begins with the word and that no other call has returned. */
  unique(word: string): string {
    return `${word}-${++this.#names}-${this.options.random.integer(0, 2 ** 30).toString(36)}`
  }

  createLoad(url?: string, concurrency = 12): Load {
    const { template, random } = this.options
    return new Load(this.world(url), { template, random, concurrency })
  }

  /**
   * Runs a fault under load, waits until the service has recovered, and verifies what the load did.
   * @param url the URL for the clients, if it is not that of the service
   */
  async underLoad(fault: () => Promise<unknown>, { url, mayFail }: { url?: string; mayFail?: string[] } = {}) {
    const load = this.createLoad(url)
    load.start()
    if (this.service.isReady) await this.acknowledges(60)
    await fault()
    this.recorder.endFault()
    await this.recovers()
    await this.acknowledges(60)
    await load.stop()
    await verify({
      ...{ world: this.world(url), load, database: this.database },
      ...(mayFail ? { mayFail } : {}),
    })
  }

  /**
   * Waits until a number of further requests were acknowledged, rather than for a time, because the machine may be
   * busy. It waits for a minute at most.
   */
  async acknowledges(number: number): Promise<void> {
    const { acknowledged } = this.recorder
    const isEnough = () => this.recorder.acknowledged - acknowledged >= number || this.recorder.failed
    await waitFor(isEnough, 60_000, 5)
  }

  /** Waits until a request that began after the fault was acknowledged. */
  async recovers(): Promise<void> {
    if (!(await waitFor(() => this.recorder.hasRecovered, 120_000, 5)))
      throw new Error('The service has not recovered within 2 minutes')
  }
}
