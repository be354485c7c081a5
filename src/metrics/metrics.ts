import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AppMiddleware } from '../http/state.ts'
import { defineHashing, type MetricObjects } from './hashing.ts'
import { observeRequests, type RequestMetrics } from './requests.ts'
import { defineSources, type MetricSources } from './sources.ts'

export type Metrics = {
  contentType: string
  read: () => Promise<string>
  /** Returns the metrics as objects, which the primary of a cluster adds up. */
  readObjects: () => Promise<MetricObjects>
  /** Counts the requests. */
  middleware: AppMiddleware
  onHashed: (seconds: number) => void
  onMail: (result: 'sent' | 'failed') => void
}

// In seconds.
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Makes all metrics of one service. docs/operations.md describes them. */
export function createMetrics(sources: MetricSources): Metrics {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  defineSources(register, sources)
  const onHashed = defineHashing(register, sources.queue)
  const mails = new Counter({
    name: 'gatehouse_mails_total',
    help: 'Mails that this instance has sent, or that failed for good.',
    labelNames: ['result'] as const,
    registers,
  })
  for (const result of ['sent', 'failed'] as const) mails.inc({ result }, 0)
  return {
    contentType: register.contentType,
    read: () => register.metrics(),
    readObjects: () => register.getMetricsAsJSON(),
    middleware: observeRequests(createRequestMetrics(register)),
    onHashed,
    onMail: (result) => {
      mails.inc({ result })
    },
  }
}

function createRequestMetrics(register: Registry): RequestMetrics {
  const registers = [register]
  return {
    requests: new Counter({
      name: 'gatehouse_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['operation', 'status', 'code'] as const,
      registers,
    }),
    durations: new Histogram({
      name: 'gatehouse_http_request_duration_seconds',
      help: 'The time until the reply to a request was ready.',
      labelNames: ['operation'] as const,
      buckets: requestBuckets,
      registers,
    }),
    inFlight: new Gauge({
      name: 'gatehouse_http_requests_in_flight',
      help: 'Unanswered requests.',
      registers,
    }),
    signIns: new Counter({
      name: 'gatehouse_sign_ins_total',
      help: 'Attempts to sign in, by their outcome.',
      labelNames: ['outcome'] as const,
      registers,
    }),
  }
}
