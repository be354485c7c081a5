import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestService } from './service.ts'

/** Until so many statements on the service's database wait for a lock. */
export async function untilSomebodyWaits(service: TestService, many = 1): Promise<void> {
  const text = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    if ((await service.sql(text)).length >= many) return
    await sleep(10)
  }
  assert.fail(`${many} statements should wait for a lock`)
}
