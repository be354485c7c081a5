import type { CronItem } from 'graphile-worker'
import * as queries from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { redactError } from './redactError.ts'
import type { Log } from './log.ts'
import type { Task } from './worker.ts'

/** What is to be done piece by piece; a piece says how much it removed, and less than `full` was the last. */
type Step = { what: string; full: number; piece: () => Promise<number> }

type Statement = Parameters<Database['query']>[0]

export type CleanUpServices = { db: Database; config: Pick<Config, 'loginLogRetention'>; log: Log; batch?: number }

const monthsAhead = 3

/** Every hour, by one of the instances; nothing is made up for hours in which none ran. */
export const cleanUpSchedule: CronItem = {
  task: 'clean_up',
  match: '17 * * * *',
  // The next hour's takes the place of one that has not succeeded.
  options: { jobKey: 'clean_up', jobKeyMode: 'replace' },
}

/**
 * The task that makes the partitions of the coming months and removes what is over (security 83), in short statements of
 * at most `batch` rows. What fails does not keep the rest from being done; the job fails then, and is tried again.
 */
export function createCleanUp(services: CleanUpServices): Task {
  const { log } = services
  return async function cleanUp(_payload, { abortSignal }) {
    const removed: Record<string, number> = {}
    const failures: string[] = []
    for (const step of stepsOf(services)) {
      abortSignal.throwIfAborted()
      try {
        const count = await drain(step, abortSignal)
        if (count > 0) removed[step.what] = count
      } catch (error) {
        failures.push(`${step.what}: ${redactError(error)}`)
      }
    }
    log.info({ removed, ...(failures.length > 0 ? { failures } : {}) }, 'cleaned up')
    if (failures.length > 0) throw new Error(failures.join('; '))
  }
}

/** Ends early when the worker stops: the next one goes on. */
async function drain({ full, piece }: Step, abortSignal: AbortSignal): Promise<number> {
  let total = 0
  for (let count = full; count >= full && !abortSignal.aborted; total += count) count = await piece()
  return total
}

/** Codes before what they are about; partitions are dropped last, because only that may have to wait for others. */
function stepsOf({ db, config, batch = 1000 }: CleanUpServices): Step[] {
  const retention = config.loginLogRetention
  const rows = (what: string, statement: () => Statement): Step => ({
    what,
    full: batch,
    piece: async () => (await db.query(statement())).rowCount,
  })
  const partitionsAhead = (parent: string): Step => ({
    what: `partitions ahead of ${parent}`,
    full: 1,
    piece: async () => {
      await db.one(queries.makePartitions({ parent, monthsAhead }))
      return 0
    },
  })
  const oldPartitions = (parent: string): Step => ({
    what: `partitions of ${parent}`,
    full: 1,
    piece: async () => ((await db.one(queries.dropOldestPartition({ parent, retention }))).dropped === null ? 0 : 1),
  })
  return [
    partitionsAhead('login_logs'),
    partitionsAhead('security_events'),
    rows('codes', () => queries.deleteExpiredCodes({ batch })),
    rows('registrations', () => queries.deleteExpiredRegistrations({ batch })),
    rows('mails', () => queries.deleteOldMails({ batch })),
    rows('email changes', () => queries.deleteOldEmailChanges({ batch })),
    rows('held addresses', () => queries.releaseHeldAddresses({ batch })),
    rows('sessions to end', () => queries.markEndedSessions({ batch })),
    rows('sessions', () => queries.deleteOldSessions({ batch })),
    rows('devices', () => queries.deleteOldDevices({ retention, batch })),
    rows('signing keys', () => queries.deleteRetiredKeys()),
    rows('login logs', () => queries.deleteStrayLoginLogs({ retention, batch })),
    rows('security events', () => queries.deleteStraySecurityEvents({ retention, batch })),
    rows('counters', () => queries.deleteExpiredCounters({ batch })),
    oldPartitions('login_logs'),
    oldPartitions('security_events'),
  ]
}
