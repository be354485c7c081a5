import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { connectDatabase, explainConnectionError, type ConnectedDatabase } from './db/connectDatabase.ts'
import { migrate } from './db/migrate.ts'
import type { HashQueue } from './domain/passwords/hashQueue.ts'
import { requireReadiness } from './domain/keys/readiness.ts'
import { listen } from './http/listen.ts'
import type { Listener } from './http/server.ts'
import { prepareClose } from './http/closeServer.ts'
import { trackRequests } from './http/currentRequest.ts'
import type { SendMailServices } from './mail/sendMail.ts'
import type { Transport } from './mail/transport.ts'
import type { Services } from './operations/context.ts'
import { createObservedServices, type ServeMetrics } from './observability.ts'
import { readPagesDir } from './pagesDir.ts'
import { startJobs } from './startJobs.ts'
import { stopParts, type Part } from './stopParts.ts'

type StartOptions = {
  log: Logger
  onWaiting: (sentence: string) => void
  reloadKeys?: number
  hashQueue?: HashQueue
  deliveryTimes?: SendMailServices['deliveryTimes']
  wrap?: (application: Listener) => Listener
  cluster?: ClusterPart
}

/** What a process of a cluster does itself, and how it reaches the primary, which does the rest. */
export type ClusterPart = {
  /** Whether this process migrates the database and runs the jobs. */
  runsJobs: boolean
  /** Whether this process listens before it is ready, because no other process listens. */
  listensAtOnce: boolean
  database: Promise<ConnectedDatabase>
  serveMetrics: ServeMetrics
}

export type Service = {
  url: string
  services: Services
  /**
   * Resolves once the database, the keys and the mail transport are ready. `passwords` names the block list. Rejects
   * with StartError when the service cannot continue.
   */
  ready: Promise<{ database: ConnectedDatabase; mail: Transport; passwords: string }>
  /**
   * Lets getReadiness return 503, and closes each connection after its next reply, so that clients and load balancers
   * move to other instances. Requests are served as before.
   */
  drain(): void
  /**
   * Stops everything. Running requests have 10 s to end, and running jobs some seconds.
   * @param timeout the milliseconds that all parts together may take, 20 s by default
   * @returns the names of the parts that did not stop in time
   */
  stop(timeout?: number): Promise<string[]>
}

/**
 * Starts the whole service. It listens at once, and answers 503 until its database is ready.
 * @param options.onWaiting receives one sentence that explains why the database is not ready yet
 * @param options.reloadKeys the seconds between two reads of the signing keys; tests shorten this time
 * @param options.hashQueue hashes passwords in place of a hashing process of this service
 * @param options.deliveryTimes decides how long the worker spends on a dropped mail; tests shorten this time
 * @param options.wrap puts a listener in front of the application, for the sandbox
 * @param options.cluster is missing if this process is the whole service
 * @throws StartError when the service cannot listen, or when files in PAGES_DIR are wrong
 */
export async function startService(
  settings: Config,
  secretKey: string,
  { log, onWaiting, reloadKeys, hashQueue, deliveryTimes, wrap = (application) => application, cluster }: StartOptions,
): Promise<Service> {
  const pagesDir = readPagesDir(settings.pagesDir) // reports mistakes before the service listens
  const { server, url, config, serve, listenLate } = await listen(settings, log, cluster?.listensAtOnce)
  const observed = createObservedServices(config, secretKey, log, { hashQueue, serveMetrics: cluster?.serveMetrics })
  const { handle, observability } = await observed.catch((error: unknown) => {
    server.close()
    server.closeAllConnections()
    throw error
  })
  const { services } = handle
  const { stopping } = handle
  const close = prepareClose(server, stopping.signal)
  const parts: Part[] = []
  addPart('password hashing', services.passwords)
  addPart('metrics and traces', observability)
  const application = await createApp(services, log, observability.observers, pagesDir)
  serve(wrap(trackRequests(application.callback())))
  const ready = open()
  return { url, services, ready, drain, stop: (timeout) => stopParts(partsInOrder(), log, timeout) }

  function addPart(name: string, part: { stop(): unknown }): void {
    parts.push({ name, stop: () => part.stop() })
  }

  function drain(): void {
    stopping.abort()
  }

  /** The parts that open() adds are known when the start has ended, and are stopped in reverse order. */
  function* partsInOrder(): Iterable<Part> {
    drain()
    yield { name: 'open requests', stop: close }
    yield { name: 'start', stop: () => ready.catch(() => undefined) }
    yield* parts.toReversed()
  }

  async function open() {
    const runsJobs = cluster?.runsJobs ?? true
    const database = await (cluster?.database ?? connectDatabase(config, 'service', url))
    addPart('database', database)
    addPart('database connections', { stop: () => handle.close() })
    await waitForDatabase(database, runsJobs)
    addPart('signing keys', services.keyring.startReloading(reloadKeys))
    const { createTransport } = await import('./mail/transport.ts')
    const transport = createTransport(config)
    addPart('mail transport', { stop: () => transport.close() })
    services.deliverability.learnFrom(() => transport.acceptsUnicode())
    const { db } = services
    if (runsJobs)
      addPart('worker', await startJobs({ db, transport, config, log, deliveryTimes }, database, observability))
    await listenLate()
    return { database, mail: transport, passwords: services.passwordRules.blockList?.label ?? 'no block list' }
  }

  async function waitForDatabase({ url: databaseUrl, directUrl }: ConnectedDatabase, migrates: boolean) {
    let lastSentence: string | undefined
    const onNewWait = (sentence: string) => {
      if (sentence !== lastSentence) onWaiting(sentence)
      lastSentence = sentence
    }
    for (;;) {
      let attempted = directUrl
      try {
        if (migrates) await migrate(directUrl, { signal: stopping.signal, onWaiting: onNewWait })
        attempted = databaseUrl
        await handle.open(databaseUrl)
        await requireReadiness(services)
        return
      } catch (error) {
        onNewWait(explainConnectionError(error, attempted))
        await sleep(1000, undefined, { signal: stopping.signal })
      }
    }
  }
}
