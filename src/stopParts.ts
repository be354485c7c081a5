import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

/** A part of the service. Its name appears in the log if it does not stop in time. */
export type Part = { name: string; stop: () => unknown }

/**
 * The time in which all parts together must stop. With the default SHUTDOWN_DELAY of 5 s, the process ends before the
 * 30 s after which Kubernetes kills it.
 */
const stopTimeout = 20_000
/** The minimum time for each part, so that only parts that really hang are reported. */
const shortest = 200

/**
 * Stops parts, one after the other. An error of one part does not prevent the next parts from stopping.
 * @param timeout the milliseconds that all parts together may take
 * @returns the names of the parts that did not stop in time, which are also logged
 */
export async function stopParts(parts: Iterable<Part>, log: Logger, timeout = stopTimeout): Promise<string[]> {
  const unfinished: string[] = []
  const end = performance.now() + timeout
  for (const { name, stop } of parts) {
    const stopped = Promise.resolve()
      .then(stop)
      .catch((error: unknown) => {
        log.error({ err: error, part: name }, 'a part of the service did not stop as it should')
      })
    if (!(await endsWithin(Math.max(end - performance.now(), shortest), stopped))) unfinished.push(name)
  }
  if (unfinished.length > 0) log.error({ parts: unfinished }, `did not stop within ${timeout / 1000} s`)
  return unfinished
}

async function endsWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false)
  const isEnded = await Promise.race([promise.then(() => true), late])
  timer.abort()
  return isEnded
}
