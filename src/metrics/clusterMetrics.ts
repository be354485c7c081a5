import { AggregatorRegistry, Registry } from 'prom-client'
import type { HashQueue } from '../domain/passwords/hashQueue.ts'
import { defineHashing, type MetricObjects } from './hashing.ts'

/** The metrics of a cluster: the sum of those of its serving processes, and those of the hashing process. */
export class ClusterMetrics {
  readonly #register = new Registry()
  readonly #read: () => Promise<MetricObjects[]>
  #ended: MetricObjects = []

  /** @param read returns the metrics of the serving processes that run */
  constructor(queue: HashQueue, read: () => Promise<MetricObjects[]>) {
    queue.onHashed = defineHashing(this.#register, () => queue.state)
    this.#read = read
  }

  get contentType(): string {
    return this.#register.contentType
  }

  /** Keeps the counters of a process that has ended, so that a sum never becomes smaller. */
  async keep(metrics: MetricObjects): Promise<void> {
    const counters = metrics.filter(({ type }) => ['counter', 'histogram'].includes(String(type)))
    this.#ended = await AggregatorRegistry.aggregate([this.#ended, counters]).getMetricsAsJSON()
  }

  async read(): Promise<string> {
    const running = await this.#read()
    return AggregatorRegistry.aggregate([await this.#register.getMetricsAsJSON(), ...running, this.#ended]).metrics()
  }
}
