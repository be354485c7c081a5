import type { Logger } from 'pino'
import { withPort, type Config } from '../config/config.ts'
import { connectDatabase, type ConnectedDatabase } from '../db/connectDatabase.ts'
import { LocalHashQueue } from '../domain/passwords/hashQueue.ts'
import { findPort, urlOf } from '../http/listen.ts'
import { startMetricsServer } from '../http/metricsServer.ts'
import type { ClusterMetrics } from '../metrics/clusterMetrics.ts'
import { stopParts, type Part } from '../stopParts.ts'
import type { Started } from './messages.ts'
import { ServingProcesses } from './servingProcesses.ts'

export type Cluster = {
  url: string
  /** Resolves once all processes are ready. Rejects with StartError when the service cannot continue. */
  ready: Promise<Started & { database: ConnectedDatabase }>
  /** Does the same as drain of Service, in all processes. */
  drain(): void
  /** Does the same as stop of Service. @returns also the name of the processes if one of them ended with an error */
  stop(): Promise<string[]>
}

/**
 * Starts a service of several serving processes. This process, the primary, owns the embedded database, the hashing
 * process and the metrics listener. The first serving process migrates the database and runs the jobs. The other
 * serving processes start when the first one is ready.
 * @param options.onFailure receives the error that ends the service after it was ready
 * @throws StartError when a port cannot be bound
 */
export async function startCluster(
  settings: Config,
  secretKey: string,
  { log, onFailure }: { log: Logger; onFailure: (error: unknown) => void },
): Promise<Cluster> {
  const config = withPort(settings, await findPort(settings))
  const url = urlOf(config)
  const hashQueue = new LocalHashQueue()
  const connecting = Promise.withResolvers<ConnectedDatabase>()
  const database = connecting.promise
  const processes = new ServingProcesses({
    ...{ log, hashQueue, database, onFailure },
    settings: { config, secretKey },
    onEnd: (last) => void metrics?.keep(last),
  })
  const metrics = await startMetrics(config, hashQueue, () => processes.readMetrics())
  connecting.resolve(connectDatabase(config, 'service', url))
  const ready = start()
  return { url, ready, drain, stop }

  async function start() {
    const [connected, started] = await Promise.all([database, processes.start({ runsJobs: true })])
    await Promise.all(Array.from({ length: config.workers - 1 }, () => processes.start({ runsJobs: false })))
    return { ...started, database: connected }
  }

  function drain(): void {
    processes.drain()
  }

  async function stop(): Promise<string[]> {
    const parts: Part[] = [
      { name: 'serving processes', stop: () => processes.stop() },
      { name: 'start', stop: () => ready.catch(() => undefined) },
      { name: 'metrics', stop: () => metrics?.stop() },
      {
        name: 'password hashing',
        stop: () => {
          hashQueue.stop()
        },
      },
      {
        name: 'database',
        stop: () =>
          database.then(
            (connected) => connected.stop(),
            () => undefined,
          ),
      },
    ]
    const unfinished = await stopParts(parts, log)
    return processes.hasFailed ? [...unfinished, 'serving processes'] : unfinished
  }
}

type RunningMetrics = Pick<ClusterMetrics, 'keep'> & { stop: () => void }

async function startMetrics(
  { host, metricsPort: port }: Config,
  hashQueue: LocalHashQueue,
  read: ConstructorParameters<typeof ClusterMetrics>[1],
): Promise<RunningMetrics | undefined> {
  if (port === undefined) return undefined
  const { ClusterMetrics } = await import('../metrics/clusterMetrics.ts')
  const metrics = new ClusterMetrics(hashQueue, read)
  const { contentType } = metrics
  const { stop } = await startMetricsServer({ host, port }, { contentType, read: () => metrics.read() })
  return { keep: (last) => metrics.keep(last), stop }
}
