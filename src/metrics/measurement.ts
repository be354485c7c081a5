import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Makes a measurement that is repeated at most every `age` milliseconds, and that gives up after `timeout`
 * milliseconds. So scrapes cannot load the database, and a slow database delays no scrape for long. No new measurement
 * starts while an abandoned one is still running.
 * @returns a function that returns the result, or undefined if there is none
 */
export function limitMeasurement<Result>(
  measure: () => Promise<Result>,
  { age, timeout }: { age: number; timeout: number },
): () => Promise<Result | undefined> {
  let result: Result | undefined
  let nextAt = 0
  let running: Promise<void> | undefined
  return async () => {
    if (performance.now() >= nextAt) {
      running ??= measure()
        .then(
          (measured) => {
            result = measured
          },
          () => {
            result = undefined
          },
        )
        .finally(() => {
          running = undefined
          nextAt = performance.now() + age
        })
      const isLate = await Promise.race([running, sleep(timeout, true, { ref: false })])
      if (isLate) result = undefined
    }
    return result
  }
}
