import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { connectDatabase, explainConnectionError, type ConnectedDatabase } from './db/connectDatabase.ts'
import { migrate } from './db/migrate.ts'
import type { HashRunner } from './domain/passwords/hashTask.ts'
import { requireReadiness } from './domain/keys/readiness.ts'
import { warnOfShortRetention } from './jobs/retentionWarning.ts'
import { listen } from './http/listen.ts'
import type { Listener } from './http/server.ts'
import { prepareClose } from './http/closeServer.ts'
import { trackRequests } from './http/currentRequest.ts'
import type { SendMailServices } from './mail/sendMail.ts'
import type { Transport } from './mail/transport.ts'
import type { Services } from './operations/context.ts'
import { createObservedServices } from './observability.ts'
import { stopParts, type Part } from './stopParts.ts'

type StartOptions = {
  log: Logger
  onWaiting: (sentence: string) => void
  reloadKeys?: number
  hashRunner?: HashRunner
  deliveryTimes?: SendMailServices['deliveryTimes']
  wrap?: (application: Listener) => Listener
}

export type Service = {
  url: string
  services: Services
  /**
   * Resolves once the database, the keys and the mail transport are ready. Rejects with StartError when the service
   * cannot continue.
   */
  ready: Promise<{ database: ConnectedDatabase; mail: Transport }>
  /**
   * Lets getReadiness return 503, and closes each connection after its next reply, so that clients and load balancers
   * move to other instances. Requests are served as before.
   */
  drain(): void
  /**
   * Stops everything. Running requests have 10 s to end, and running jobs some seconds.
   * @returns the names of the parts that did not stop in time
   */
  stop(): Promise<string[]>
}

/**
 * Starts the whole service. It listens at once, and answers 503 until its database is ready.
 * @param options.onWaiting receives one sentence that explains why the database is not ready yet
 * @param options.reloadKeys the seconds between two reads of the signing keys; tests shorten this time
 * @param options.hashRunner hashes passwords in place of the hashing process, for tests
 * @param options.deliveryTimes decides how long the worker spends on a dropped mail; tests shorten this time
 * @param options.wrap puts a listener in front of the application, for the sandbox
 * @throws StartError when the service cannot listen
 */
export async function startService(
  settings: Config,
  secretKey: string,
  { log, onWaiting, reloadKeys, hashRunner, deliveryTimes, wrap = (application) => application }: StartOptions,
): Promise<Service> {
  const { server, url, config, serve } = await listen(settings, log)
  const observed = createObservedServices(config, secretKey, log, hashRunner)
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
  const application = await createApp(services, log, observability.observers)
  serve(wrap(trackRequests(application.callback())))
  const ready = open()
  return { url, services, ready, drain, stop: () => stopParts(partsInOrder(), log) }

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
    const database = await connectDatabase(config, 'service', url)
    addPart('database', database)
    addPart('database connections', { stop: () => handle.close() })
    await waitForDatabase(database)
    addPart('signing keys', services.keyring.startReloading(reloadKeys))
    // These modules are imported after the server listens, because nodemailer and graphile-worker are large.
    const [{ createTransport }, { createSendMail }, { cleanUpSchedule, createCleanUp }, { startWorker }] =
      await Promise.all([
        import('./mail/transport.ts'),
        import('./mail/sendMail.ts'),
        import('./jobs/cleanUp.ts'),
        import('./jobs/worker.ts'),
      ])
    await warnOfShortRetention(services.db, config, log)
    const transport = createTransport(config)
    addPart('mail transport', { stop: () => transport.close() })
    services.deliverability.learnFrom(() => transport.acceptsUnicode())
    const { db } = services
    const sendMail = createSendMail({ db, transport, config, log, deliveryTimes, onResult: observability.onMail })
    const tasks = observability.observeTasks({
      deliver_mail: sendMail,
      send_mail: sendMail, // jobs that a release before 0.4.0 has queued have this name
      clean_up: createCleanUp({ db, config, log }),
    })
    const preparedStatements = config.preparedStatements || database.directUrl !== database.url
    const schedule = [cleanUpSchedule]
    addPart('worker', await startWorker({ url: database.directUrl, db, tasks, schedule, log, preparedStatements }))
    return { database, mail: transport }
  }

  async function waitForDatabase({ url: databaseUrl, directUrl }: ConnectedDatabase): Promise<void> {
    let lastSentence: string | undefined
    const onNewWait = (sentence: string) => {
      if (sentence !== lastSentence) onWaiting(sentence)
      lastSentence = sentence
    }
    for (;;) {
      let attempted = directUrl
      try {
        await migrate(directUrl, { signal: stopping.signal, onWaiting: onNewWait })
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
