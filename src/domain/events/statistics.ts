import { countSignIns, type CountSignInsRow } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'

/** The unit of the intervals, and the number of intervals in a period. */
export const periods = {
  day: { unit: 'hour', hours: 1, intervals: 24 },
  month: { unit: 'day', hours: 24, intervals: 30 },
}
export type Period = keyof typeof periods

/** The largest number that is counted for an interval, so that the statement ends before its time-out. */
export const intervalCap = 50_000

/** Counts sign-ins in each interval of a period, the earliest interval first, up to one more than `intervalCap`. */
export function readSignInStatistics(db: Database, period: Period): Promise<readonly CountSignInsRow[]> {
  return db.any(countSignIns({ ...periods[period], cap: intervalCap }))
}
