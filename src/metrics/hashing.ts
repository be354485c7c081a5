import { Histogram, type Registry } from 'prom-client'
import type { QueueState } from '../domain/passwords/fairQueue.ts'
import { definitions } from './readAtScrape.ts'

/** What prom-client returns for all metrics of a register. */
export type MetricObjects = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

// In seconds.
const buckets = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5]

/** Defines the metrics of the hash queue. @returns the function that receives the duration of each hash in seconds */
export function defineHashing(register: Registry, queue: () => QueueState): (seconds: number) => void {
  const { gauge, counter } = definitions(register)
  gauge({ name: 'gatehouse_hash_queue_running', help: 'Password hashes that run.' }, () => [[queue().running]])
  gauge({ name: 'gatehouse_hash_queue_waiting', help: 'Password hashes that wait.' }, () => [[queue().waiting]])
  const help = 'Password hashes that were refused because the queue was full.'
  counter({ name: 'gatehouse_hash_queue_refusals_total', help }, () => [[queue().refused]])
  const hashes = new Histogram({
    name: 'gatehouse_hash_duration_seconds',
    help: 'The duration of a password hash, without the wait in the queue.',
    buckets,
    registers: [register],
  })
  return (seconds) => {
    hashes.observe(seconds)
  }
}
