import type { Registry } from 'prom-client'
import type { MeasureOutboxRow } from '../../generated/queries.ts'
import type { SemaphoreState } from '../db/semaphore.ts'
import type { LimitDecisions } from '../domain/limits/counter.ts'
import type { QueueState } from '../domain/passwords/fairQueue.ts'
import { definitions, type Sample } from './readAtScrape.ts'
import { limitMeasurement } from './measurement.ts'

/** The sources of the values that are read at a scrape. */
export type MetricSources = {
  version: string
  queue: () => QueueState
  pools: () => Record<string, SemaphoreState>
  limits: () => Iterable<[name: string, decisions: LimitDecisions]>
  keyAge: () => number | undefined
  outbox: () => Promise<MeasureOutboxRow>
  requireReadiness: () => Promise<void>
}

// In milliseconds. Several scrapers share one measurement of the database.
const measurementLimits = { age: 10_000, timeout: 1000 }

/** Defines the metrics that are read at a scrape. */
export function defineSources(register: Registry, sources: MetricSources): void {
  const { gauge } = definitions(register)
  const { version, keyAge, requireReadiness } = sources
  const info = { name: 'gatehouse_build_info', help: 'The version, as a label.', labelNames: ['version'] }
  gauge({ ...info, aggregator: 'first' }, () => [[1, { version }]])
  const isReady = limitMeasurement(() => requireReadiness().then(() => true), measurementLimits)
  const help = '1 if the service can answer requests, otherwise 0.'
  gauge({ name: 'gatehouse_ready', help, aggregator: 'min' }, async () => [[(await isReady()) ? 1 : 0]])
  const key = 'The time for which the current key has signed tokens.'
  gauge({ name: 'gatehouse_signing_key_age_seconds', help: key, aggregator: 'max' }, () => present(keyAge()))
  definePools(register, sources)
  defineOutbox(register, sources)
  defineLimits(register, sources)
}

function definePools(register: Registry, { pools }: MetricSources): void {
  const { gauge, counter } = definitions(register)
  const labelNames = ['pool']
  const each = (member: keyof SemaphoreState) => () =>
    Object.entries(pools()).map(([pool, state]): Sample => [state[member], { pool }])
  const inUse = 'Connections to the database that a statement or transaction uses.'
  gauge({ name: 'gatehouse_database_connections_in_use', help: inUse, labelNames }, each('inUse'))
  const size = 'The largest number of connections of a pool.'
  gauge({ name: 'gatehouse_database_connections_max', help: size, labelNames }, each('size'))
  const waiting = 'Statements and transactions that wait for a connection.'
  gauge({ name: 'gatehouse_database_waiting', help: waiting, labelNames }, each('waiting'))
  const refused = 'Statements and transactions that got no connection in time.'
  counter({ name: 'gatehouse_database_refusals_total', help: refused, labelNames }, each('refused'))
}

function defineOutbox(register: Registry, { outbox }: MetricSources): void {
  const { gauge } = definitions(register)
  const measure = limitMeasurement(outbox, measurementLimits)
  const help = 'Mails of all instances that wait (queued) or that failed in the last 30 days (failed).'
  gauge({ name: 'gatehouse_outbox_mails', help, labelNames: ['status'], aggregator: 'max' }, async () => {
    const row = await measure()
    return row ? [statusSample('queued', row.queued), statusSample('failed', row.failed)] : []
  })
  const age = 'The time for which the oldest queued mail has waited; 0 if no mail waits.'
  gauge({ name: 'gatehouse_outbox_oldest_queued_seconds', help: age, aggregator: 'max' }, async () =>
    present((await measure())?.oldest_age),
  )
}

function defineLimits(register: Registry, { limits }: MetricSources): void {
  const help = 'Decisions of the limits on this instance.'
  const labelNames = ['limit', 'decision']
  definitions(register).counter({ name: 'gatehouse_limiter_decisions_total', help, labelNames }, () =>
    [...limits()].flatMap(([limit, { allowed, refused }]): Sample[] => [
      [allowed, { limit, decision: 'allowed' }],
      [refused, { limit, decision: 'refused' }],
    ]),
  )
}

function present(value: number | undefined): Sample[] {
  return value === undefined ? [] : [[value]]
}

function statusSample(status: string, mails: number | string): Sample {
  return [Number(mails), { status }]
}
