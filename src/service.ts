import type { Server, ServerResponse } from 'node:http'
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
import type { Transport } from './mail/transport.ts'
import type { Services } from './operations/context.ts'
import { createServices } from './services.ts'

type Part = { stop(): unknown }

type StartOptions = {
  log: Logger
  onWaiting: (sentence: string) => void
  reloadKeys?: number
  hashRunner?: HashRunner
}

export type Service = {
  url: string
  services: Services
  /**
   * Resolves once the database, the keys and the mail transport are ready. Rejects with StartError when the service
   * cannot continue.
   */
  ready: Promise<{ database: ConnectedDatabase; mail: Transport }>
  stop(): Promise<void>
}

/**
 * Starts the whole service. It listens at once, and answers 503 until its database is ready.
 * @param options.onWaiting receives one sentence that explains why the database is not ready yet
 * @param options.reloadKeys the seconds between two reads of the signing keys; tests shorten this time
 * @param options.hashRunner hashes passwords in place of the hashing process, for tests
 * @throws StartError when the service cannot listen
 */
export async function startService(
  settings: Config,
  secretKey: string,
  { log, onWaiting, reloadKeys, hashRunner }: StartOptions,
): Promise<Service> {
  const { server, url, config, serve } = await listen(settings, log)
  const handle = await createServices(config, secretKey, log, hashRunner).catch((error: unknown) => {
    server.close()
    server.closeAllConnections()
    throw error
  })
  const { services } = handle
  const stopping = new AbortController()
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (stopping.signal.aborted) response.setHeader('Connection', 'close')
    // server.close() closes only the connections that are idle at that time. The other connections are closed here,
    // after the replies of their running requests.
    response.once('close', () => {
      if (stopping.signal.aborted) server.closeIdleConnections()
    })
  })
  // These parts are stopped in reverse order, after the HTTP server.
  const parts: Part[] = [services.passwords]
  serve((await createApp(services, log)).callback())
  const ready = open()
  return {
    url,
    services,
    ready,
    async stop() {
      stopping.abort()
      await close(server)
      await ready.catch(() => undefined)
      for (const part of parts.reverse()) {
        try {
          await part.stop()
        } catch (error) {
          log.error({ err: error }, 'a part of the service did not stop as it should')
        }
      }
    },
  }

  async function open() {
    const database = await connectDatabase(config, 'service', url)
    parts.push(database)
    parts.push({ stop: () => handle.close() })
    await waitForDatabase(database.url)
    parts.push(services.keyring.startReloading(reloadKeys))
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
    parts.push({ stop: () => transport.close() })
    services.deliverability.learnFrom(() => transport.acceptsUnicode())
    const { db } = services
    const sendMail = createSendMail({ db, transport, config, log })
    const tasks = {
      deliver_mail: sendMail,
      send_mail: sendMail, // jobs that a release before 0.4.0 has queued have this name
      clean_up: createCleanUp({ db, config, log }),
    }
    const { preparedStatements } = config
    const schedule = [cleanUpSchedule]
    parts.push(await startWorker({ url: database.url, db, tasks, schedule, log, preparedStatements }))
    return { database, mail: transport }
  }

  async function waitForDatabase(databaseUrl: string): Promise<void> {
    let lastSentence: string | undefined
    const onNewWait = (sentence: string) => {
      if (sentence !== lastSentence) onWaiting(sentence)
      lastSentence = sentence
    }
    for (;;) {
      try {
        await migrate(databaseUrl, { signal: stopping.signal, onWaiting: onNewWait })
        await handle.open(databaseUrl)
        await requireReadiness(services)
        return
      } catch (error) {
        onNewWait(explainConnectionError(error, databaseUrl))
        await sleep(1000, undefined, { signal: stopping.signal })
      }
    }
  }
}

/** Stops accepting connections, and waits at most 10 s for running requests. */
async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, 10_000)
  await closed
  clearTimeout(timer)
}
