import type * as Api from '@opentelemetry/api'
import type { Logger } from 'pino'
import type { Interceptor } from 'slonik'
import type { AppMiddleware } from './http/state.ts'
import type { Task } from './jobs/worker.ts'
import { StartError } from './problems.ts'

export type Tracing = {
  /** Makes a span of each request, except of health probes. */
  middleware: AppMiddleware
  /** Makes a span of each statement within a request or a job. */
  interceptor: Interceptor
  /** Makes a span of each job. */
  traceTasks: (tasks: Record<string, Task>) => Record<string, Task>
  stop: () => Promise<void>
}

type Environment = Record<string, string | undefined>

// In milliseconds: how long the stop waits for the last spans to be exported.
const flushTimeout = 2000

/** Returns whether the standard environment variables of OpenTelemetry configure an exporter of traces. */
export function isTracingOn(environment: Environment): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT } = environment
  if (OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return false
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = environment
  return Boolean(OTEL_TRACES_EXPORTER || OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
}

/**
 * Starts OpenTelemetry's SDK, which reads its standard environment variables. The SDK is not installed with the
 * service, because it is large and most deployments do not use it.
 * @param environment receives a name of the service, unless it has one
 * @throws StartError when the SDK is not installed
 */
export async function startTracing(log: Logger, environment: Environment = process.env): Promise<Tracing> {
  environment['OTEL_SERVICE_NAME'] ??= 'gatehouse'
  // The other detectors would send the command line, the user and the host.
  environment['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'service'
  const { startNodeSdk } = await import('@opentelemetry/sdk-node').catch((cause: unknown) => {
    const hint = 'install it as docs/operations.md says, or set OTEL_SDK_DISABLED=true'
    throw new StartError(`OTEL_* is set, but OpenTelemetry's SDK is not installed: ${hint}.`, { cause })
  })
  const api = await import('@opentelemetry/api')
  const sdk = startNodeSdk({ metricReaders: [], logRecordProcessors: [] })
  api.diag.setLogger(createDiagLogger(log), { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true })
  const tracer = api.trace.getTracer('gatehouse')
  return {
    middleware: traceRequests(api, tracer),
    interceptor: traceStatements(api, tracer),
    traceTasks: (tasks) =>
      Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, traceTask(api, tracer, name, task)])),
    async stop() {
      const timeout = new Promise((resolve) => setTimeout(resolve, flushTimeout).unref())
      await Promise.race([sdk.shutdown().catch(() => undefined), timeout])
    },
  }
}

function traceRequests(api: typeof Api, tracer: Api.Tracer): AppMiddleware {
  return async (context, next) => {
    const { path, method, state } = context
    if (path.startsWith('/health/')) {
      await next()
      return
    }
    const parent = state.trace && {
      traceId: state.trace.traceId,
      spanId: state.trace.spanId,
      isRemote: true,
      traceFlags: state.trace.isSampled ? api.TraceFlags.SAMPLED : api.TraceFlags.NONE,
    }
    const outer = parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT
    const attributes = {
      'http.request.method': method,
      'url.path': path,
      'url.scheme': new URL(state.client.origin).protocol.slice(0, -1),
      'gatehouse.request_id': state.requestId,
    }
    const span = tracer.startSpan(method, { kind: api.SpanKind.SERVER, attributes }, outer)
    const { traceId, spanId, traceFlags } = span.spanContext()
    state.trace = { traceId, spanId, isSampled: (traceFlags & api.TraceFlags.SAMPLED) !== 0 }
    try {
      await api.context.with(api.trace.setSpan(outer, span), next)
    } finally {
      const { operationId, problem } = state
      if (operationId !== undefined) span.updateName(operationId)
      span.setAttribute('http.response.status_code', context.status)
      if (problem) span.setAttribute('error.type', problem.code)
      if (context.status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR })
      span.end()
    }
  }
}

/** The text of a statement is left out: its name finds it in sql/queries. */
function traceStatements(api: typeof Api, tracer: Api.Tracer): Interceptor {
  const end = ({ sandbox }: { sandbox: Record<string, unknown> }, isError: boolean) => {
    const span = sandbox['span'] as Api.Span | undefined
    if (isError) span?.setStatus({ code: api.SpanStatusCode.ERROR })
    span?.end()
    return null
  }
  return {
    name: 'traces',
    beforeQueryExecution({ originalQuery, sandbox }) {
      const name = 'name' in originalQuery ? originalQuery.name : 'statement'
      const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name }
      if (api.trace.getActiveSpan()) sandbox['span'] = tracer.startSpan(name, { kind: api.SpanKind.CLIENT, attributes })
      return null
    },
    afterQueryExecution: (context) => end(context, false),
    queryExecutionError: (context) => end(context, true),
  }
}

function traceTask(api: typeof Api, tracer: Api.Tracer, name: string, task: Task): Task {
  return (payload, helpers) =>
    tracer.startActiveSpan(name, { kind: api.SpanKind.CONSUMER, root: true }, async (span) => {
      try {
        await task(payload, helpers)
      } catch (error) {
        span.setStatus({ code: api.SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    })
}

/** Logs the SDK's errors, such as a collector that does not answer. */
function createDiagLogger(log: Logger): Api.DiagLogger {
  const warn = (message: string) => {
    log.warn({ reason: message.slice(0, 1000) }, 'OpenTelemetry')
  }
  const ignore = () => undefined
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore }
}
