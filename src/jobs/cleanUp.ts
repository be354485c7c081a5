import type { CronItem } from 'graphile-worker'
import * as queries from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { redactError } from './redactError.ts'
import type { Log } from './log.ts'
import type { Task } from './worker.ts'

/** A statement that removes at most `batchSize` rows. The task repeats the statement until it removes fewer rows. */
type Step = { label: string; batchSize: number; runBatch: () => Promise<number> }

type Statement = Parameters<Database['query']>[0]

export type CleanUpServices = { db: Database; config: Pick<Config, 'loginLogRetention'>; log: Log; batchSize?: number }

const monthsAhead = 3

/**
 * Runs the task once an hour, on one of the instances. If no instance ran in an hour, the run of that hour is left
 * out.
 */
export const cleanUpSchedule: CronItem = {
  task: 'clean_up',
  match: '17 * * * *',
  // The job of the next hour replaces the pending job of an earlier hour.
  options: { jobKey: 'clean_up', jobKeyMode: 'replace' },
}

/**
 * Creates the task that makes the partitions of the coming months and removes the data whose retention has ended
 * (security 83). Each statement removes at most `batchSize` rows, so that no statement takes long. The statements are
 * in sql/queries/retention.sql, which says how long each kind of data is kept. Partitions are made and dropped by the
 * functions make_partitions and drop_oldest_partition of sql/migrations/0004_hardening.sql. When a step fails, the
 * other steps still run. Then the job fails, and the worker runs the job again.
 */
export function createCleanUp(services: CleanUpServices): Task {
  const { log } = services
  return async function cleanUp(_payload, { abortSignal }) {
    const removed: Record<string, number> = {}
    const failures: string[] = []
    for (const step of createSteps(services)) {
      abortSignal.throwIfAborted()
      try {
        const count = await runStep(step, abortSignal)
        if (count > 0) removed[step.label] = count
      } catch (error) {
        failures.push(`${step.label}: ${redactError(error)}`)
      }
    }
    log.info({ removed, ...(failures.length > 0 ? { failures } : {}) }, 'cleaned up')
    if (failures.length > 0) throw new Error(failures.join('; '))
  }
}

/**
 * Repeats a step until its data is removed or the worker stops. The next run removes the rest.
 * @returns the number of removed rows or partitions
 */
async function runStep({ batchSize, runBatch }: Step, abortSignal: AbortSignal): Promise<number> {
  let total = 0
  for (let count = batchSize; count >= batchSize && !abortSignal.aborted; total += count) count = await runBatch()
  return total
}

/**
 * Returns the steps of the task in their order. Codes are deleted before the records that they belong to. Partitions
 * are dropped last, because no other step may have to wait for transactions.
 */
function createSteps({ db, config, batchSize = 1000 }: CleanUpServices): Step[] {
  const retention = config.loginLogRetention
  const batch = batchSize
  const deleteRows = (label: string, statement: () => Statement): Step => ({
    label,
    batchSize,
    runBatch: async () => (await db.query(statement())).rowCount,
  })
  const makePartitions = (parent: string): Step => ({
    label: `partitions ahead of ${parent}`,
    batchSize: 1,
    runBatch: async () => {
      await db.one(queries.makePartitions({ parent, monthsAhead }))
      return 0
    },
  })
  const dropPartitions = (parent: string): Step => ({
    label: `partitions of ${parent}`,
    batchSize: 1,
    runBatch: async () => ((await db.one(queries.dropOldestPartition({ parent, retention }))).dropped === null ? 0 : 1),
  })
  return [
    makePartitions('login_logs'),
    makePartitions('security_events'),
    deleteRows('codes', () => queries.deleteExpiredCodes({ batch })),
    deleteRows('registrations', () => queries.deleteExpiredRegistrations({ batch })),
    deleteRows('mails', () => queries.deleteOldMails({ batch })),
    deleteRows('email changes', () => queries.deleteOldEmailChanges({ batch })),
    deleteRows('held addresses', () => queries.releaseHeldAddresses({ batch })),
    deleteRows('sessions to end', () => queries.markEndedSessions({ batch })),
    deleteRows('sessions', () => queries.deleteOldSessions({ batch })),
    deleteRows('devices', () => queries.deleteOldDevices({ retention, batch })),
    deleteRows('signing keys', () => queries.deleteRetiredKeys()),
    deleteRows('login logs', () => queries.deleteStrayLoginLogs({ retention, batch })),
    deleteRows('security events', () => queries.deleteStraySecurityEvents({ retention, batch })),
    deleteRows('idempotency keys', () => queries.deleteExpiredIdempotencyKeys({ batch })),
    deleteRows('tokens of Django', () => queries.deleteExpiredTokens({ batch })),
    deleteRows('suppressed addresses', () => queries.deleteOldSuppressions({ batch })),
    deleteRows('counters', () => queries.deleteExpiredCounters({ batch })),
    dropPartitions('login_logs'),
    dropPartitions('security_events'),
  ]
}
