import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Checks a condition repeatedly, until the condition holds or the limit has passed.
 * @param limit the milliseconds after which it gives up
 * @param pause the milliseconds between two checks
 * @returns whether the condition holds
 */
export async function waitFor(check: () => unknown, limit: number, pause = 50): Promise<boolean> {
  for (const until = Date.now() + limit; ;) {
    if (await check()) return true
    if (Date.now() > until) return false
    await sleep(pause)
  }
}
