import {
  countLoginLogs,
  countLoginLogsOfUser,
  listLoginLogs,
  listLoginLogsOfUser,
  type ListLoginLogsRow,
} from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import type { LogFilter } from './filters.ts'
import { countCap, scanReach, type Count, type Position } from '../pagination.ts'

export type LoginLogRow = ListLoginLogsRow

/** Reads login log rows beyond a position: one user's, or everybody's where `userId` is undefined. */
export function scanLoginLogs(db: Database, userId: string | undefined, filter: LogFilter) {
  return (from: Position, limit: number, descending: boolean): Promise<readonly LoginLogRow[]> => {
    const asked = { ...filter, cursorTimestamp: from.timestamp, cursorId: from.id, reach: scanReach, limit }
    if (userId === undefined)
      return db.any(descending ? listLoginLogs.descending(asked) : listLoginLogs.ascending(asked))
    return db.any(
      descending
        ? listLoginLogsOfUser.descending({ ...asked, userId })
        : listLoginLogsOfUser.ascending({ ...asked, userId }),
    )
  }
}

/** @returns how many rows there are among the latest that a filter reaches, counting one past the cap at the most */
export async function countLogs(db: Database, userId: string | undefined, filter: LogFilter): Promise<Count> {
  const asked = { ...filter, reach: scanReach, cap: countCap }
  const { count, is_partial: isPartial } = await db.one(
    userId === undefined ? countLoginLogs(asked) : countLoginLogsOfUser({ ...asked, userId }),
  )
  return { count, isPartial }
}
