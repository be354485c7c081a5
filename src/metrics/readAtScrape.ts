import { Counter, Gauge, type Aggregator, type Registry } from 'prom-client'

/** A value and its labels. A metric without labels has at most one sample. */
export type Sample = [value: number, labels?: Record<string, string>]
/** `aggregator`: how a cluster joins the values of its processes; by default it adds them up. */
type Description = { name: string; help: string; labelNames?: string[]; aggregator?: Aggregator }
type Definitions = {
  /** Defines a gauge. Without samples it is absent from the scrape. */
  gauge: (description: Description, read: () => Iterable<Sample> | Promise<Iterable<Sample>>) => void
  /** Defines a counter, whose values only grow. */
  counter: (description: Description, read: () => Iterable<Sample>) => void
}

/** Makes functions that define metrics whose samples are read at each scrape. */
export function definitions(register: Registry): Definitions {
  const registers = [register]
  return {
    gauge(description, read) {
      const metric = new Gauge({ ...description, registers, collect })
      async function collect(): Promise<void> {
        const samples = [...(await read())]
        metric.reset()
        if (samples.length === 0) metric.remove({})
        for (const [value, labels = {}] of samples) metric.set(labels, value)
      }
    },
    counter(description, read) {
      const metric = new Counter({ ...description, registers, collect })
      function collect(): void {
        metric.reset()
        for (const [value, labels = {}] of read()) metric.inc(labels, value)
      }
    },
  }
}
