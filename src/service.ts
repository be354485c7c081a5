import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createApp, createServices, openServices } from './app.ts'
import type { Config } from './config.ts'
import { connectDatabase, explainConnection, type ConnectedDatabase } from './connect.ts'
import { migrate } from './db/migrate.ts'
import { requireReadiness } from './domain/readiness.ts'
import { standingHeaders } from './http/headers.ts'
import { createHttpServer } from './http/server.ts'
import type { Transport } from './mail/transport.ts'
import type { Services } from './operations/context.ts'
import { StartError } from './problems.ts'

type Part = { stop(): unknown }

export type Service = {
  url: string
  services: Services
  /** Resolves once database, keys and mail are at work; rejects with StartError where going on would be wrong. */
  ready: Promise<{ database: ConnectedDatabase; mail: Transport }>
  stop(): Promise<void>
}

/**
 * Starts the whole service: it listens at once and answers 503 until its database is there.
 * @param options.onWaiting told one sentence when the database does not answer yet
 * @param options.reloadKeys seconds between two readings of the signing keys, for tests
 * @throws StartError when it cannot listen
 */
export async function startService(
  config: Config,
  secretKey: string,
  { log, onWaiting, reloadKeys }: { log: Logger; onWaiting: (sentence: string) => void; reloadKeys?: number },
): Promise<Service> {
  const services = await createServices(config, secretKey, log)
  const app = await createApp(services, log)
  const server = createHttpServer(app.callback(), { headers: standingHeaders(config.baseUrl), log })
  const stopping = new AbortController()
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (stopping.signal.aborted) response.setHeader('Connection', 'close')
  })
  // Stopped in the opposite order: first the door, last the database.
  const parts: Part[] = [services.passwords]
  try {
    await listen(server, config)
  } catch (error) {
    services.passwords.stop()
    throw error
  }
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${(server.address() as AddressInfo).port}`
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
    parts.push({ stop: () => Promise.all([services.db.close(), services.counters?.close()]) })
    await untilAnswered(database.url)
    parts.push(services.keyring.keepFresh(reloadKeys))
    // Not before they are needed: nodemailer and graphile-worker are large.
    const [{ createTransport }, { createSendMail }, { cleanUpSchedule, createCleanUp }, { startWorker }] =
      await Promise.all([
        import('./mail/transport.ts'),
        import('./mail/sendMail.ts'),
        import('./jobs/cleanUp.ts'),
        import('./jobs/worker.ts'),
      ])
    const transport = createTransport(config)
    parts.push({ stop: () => transport.close() })
    const { db } = services
    const tasks = {
      send_mail: createSendMail({ db, transport, config, log }),
      clean_up: createCleanUp({ db, config, log }),
    }
    const { preparedStatements } = config
    const schedule = [cleanUpSchedule]
    parts.push(await startWorker({ url: database.url, db, tasks, schedule, log, preparedStatements }))
    return { database, mail: transport }
  }

  async function untilAnswered(databaseUrl: string): Promise<void> {
    let lastSentence: string | undefined
    const onNewWait = (sentence: string) => {
      if (sentence !== lastSentence) onWaiting(sentence)
      lastSentence = sentence
    }
    for (;;) {
      try {
        await migrate(databaseUrl, { signal: stopping.signal, onWaiting: onNewWait })
        await openServices(services, databaseUrl)
        await requireReadiness(services)
        return
      } catch (error) {
        onNewWait(explainConnection(error, databaseUrl))
        await sleep(1000, undefined, { signal: stopping.signal })
      }
    }
  }
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new StartError(
            `Port ${port} on ${host} is in use, by another Gatehouse perhaps: stop that, or set PORT to a free one.`,
          ),
        )
      else if (error.code === 'EACCES')
        reject(new StartError(`Port ${port} on ${host} is not open to this user: set PORT to one above 1023.`))
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(new StartError(`HOST ${host} is not an address of this machine: set it to one, 127.0.0.1 for example.`))
      else reject(error)
    })
    server.listen(port, host, resolve)
  })
}

/** Takes no new connections, lets running requests end, for 10 s at most. */
async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const idle = setInterval(() => {
    server.closeIdleConnections() // a connection is idle only once its last answer is out
  }, 50)
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, 10_000)
  await closed
  clearInterval(idle)
  clearTimeout(timer)
}
