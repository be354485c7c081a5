import * as queries from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { countCap, scanReach, type Count, type Slice } from '../pagination.ts'
import type { LogFilter } from './filters.ts'

export type LoginLogRow = queries.ListLoginLogsRow
/** Selects the login log of one user, or of all users if `userId` is undefined. */
export type LoginLogSearch = { userId: string | undefined; filter: LogFilter }

/** Reads up to `limit` rows of the login log after a position. */
export function readLoginLogs(
  db: Database,
  { userId, filter }: LoginLogSearch,
  { from, limit, descending }: Slice,
): Promise<readonly LoginLogRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { ...filter, cursorTimestamp: from.value, cursorId: from.id, reach: scanReach, limit }
  if (userId === undefined) return db.any(queries.listLoginLogs[direction](page))
  return db.any(queries.listLoginLogsOfUser[direction]({ ...page, userId }))
}

/**
 * Counts the matching rows among the latest `scanReach` rows, up to one more than `countCap`. If the filter only names
 * a period, an index without the other columns counts them.
 */
export async function countLoginLogs(db: Database, { userId, filter }: LoginLogSearch): Promise<Count> {
  if (filter.ipAddress === null && filter.userAgent === '') {
    const period = { after: filter.after, before: filter.before, cap: countCap }
    return db.one(
      userId === undefined ? queries.countAllLoginLogs(period) : queries.countAllLoginLogsOfUser({ ...period, userId }),
    )
  }
  const bounded = { ...filter, reach: scanReach, cap: countCap }
  const { count, is_partial: isPartial } = await db.one(
    userId === undefined ? queries.countLoginLogs(bounded) : queries.countLoginLogsOfUser({ ...bounded, userId }),
  )
  return { count, isPartial }
}
