import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { measureOutbox } from '../generated/queries.ts'
import type { Config } from './config/config.ts'
import { requireReadiness } from './domain/keys/readiness.ts'
import type { HashQueue } from './domain/passwords/hashQueue.ts'
import { startMetricsServer } from './http/metricsServer.ts'
import type { AppMiddleware } from './http/state.ts'
import type { Metrics } from './metrics/metrics.ts'
import { createServices, type ServicesHandle } from './services.ts'
import { isTracingOn, startTracing, type Tracing } from './tracing.ts'

export type Observability = {
  /** Middleware that sees every request. */
  observers: readonly AppMiddleware[]
  /** Receives the result of each mail. */
  onMail: ((result: 'sent' | 'failed') => void) | undefined
  /** Wraps the tasks of the worker. */
  observeTasks: Tracing['traceTasks']
  stop(): Promise<void>
}

/** Serves the metrics of this process in place of a listener on METRICS_PORT. */
export type ServeMetrics = (metrics: Metrics) => { stop: () => void }

/**
 * Makes the services, and starts the metrics if METRICS_PORT is set, and traces if the environment variables of
 * OpenTelemetry configure an exporter. Otherwise nothing is imported or measured.
 * @throws StartError when the service cannot listen on METRICS_PORT, or when OpenTelemetry's SDK is not installed
 */
export async function createObservedServices(
  config: Config,
  secretKey: string,
  log: Logger,
  { hashQueue, serveMetrics }: { hashQueue?: HashQueue | undefined; serveMetrics?: ServeMetrics | undefined } = {},
): Promise<{ handle: ServicesHandle; observability: Observability }> {
  const tracing = isTracingOn(process.env) ? await startTracing(log) : undefined
  const interceptors = tracing ? [tracing.interceptor] : []
  const handle = await createServices(config, secretKey, log, hashQueue, interceptors)
  try {
    const metrics = await startMetrics(handle, serveMetrics)
    return { handle, observability: combine(metrics, tracing) }
  } catch (error) {
    handle.services.passwords.stop()
    throw error
  }
}

type RunningMetrics = Pick<Metrics, 'middleware' | 'onMail'> & { stop: () => void }

function combine(metrics: RunningMetrics | undefined, tracing: Tracing | undefined): Observability {
  return {
    observers: [tracing, metrics].flatMap((each) => (each ? [each.middleware] : [])),
    onMail: metrics?.onMail,
    observeTasks: tracing ? tracing.traceTasks : (tasks) => tasks,
    async stop() {
      metrics?.stop()
      await tracing?.stop()
    },
  }
}

async function startMetrics(handle: ServicesHandle, serveMetrics?: ServeMetrics): Promise<RunningMetrics | undefined> {
  const { config, passwords } = handle.services
  if (config.metricsPort === undefined) return undefined
  const metrics = await createServiceMetrics(handle)
  const address = { host: config.host, port: config.metricsPort }
  const { stop } = serveMetrics ? serveMetrics(metrics) : await startMetricsServer(address, metrics)
  passwords.queue.onHashed = metrics.onHashed
  return { ...metrics, stop }
}

async function createServiceMetrics({ services, databases }: ServicesHandle) {
  const { createMetrics } = await import('./metrics/metrics.ts')
  const { keyring, limits, passwords } = services
  return createMetrics({
    version: await readVersion(),
    queue: () => passwords.queue.state,
    pools: () => ({ requests: databases.requests.poolState, lists: databases.lists.poolState }),
    limits: () => limits.decisions,
    keyAge: () => keyring.currentAge,
    // The pool of lists ends a slow statement after 2 s, and most requests do not wait for its connections.
    outbox: () => databases.lists.one(measureOutbox()),
    requireReadiness: () => requireReadiness(services),
  })
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
