import {
  countLoginLogs,
  countLoginLogsOfUser,
  listLoginLogsAscending,
  listLoginLogsDescending,
  listLoginLogsOfUserAscending,
  listLoginLogsOfUserDescending,
  type ListLoginLogsAscendingRow,
} from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import type { LogFilter } from './filters.ts'
import { countCap, type Position } from './pages.ts'

export type LoginLogRow = ListLoginLogsAscendingRow

/** Reads login log rows beyond a position: one user's, or everybody's where `userId` is undefined. */
export function scanLoginLogs(db: Database, userId: string | undefined, filter: LogFilter) {
  return (from: Position, limit: number, descending: boolean): Promise<readonly LoginLogRow[]> => {
    const asked = { ...filter, cursorTimestamp: from.timestamp, cursorId: from.id, limit }
    if (userId === undefined) return db.any(descending ? listLoginLogsDescending(asked) : listLoginLogsAscending(asked))
    return db.any(
      descending
        ? listLoginLogsOfUserDescending({ ...asked, userId })
        : listLoginLogsOfUserAscending({ ...asked, userId }),
    )
  }
}

/** @returns how many rows there are, counting one past the cap at the most */
export async function countLogs(db: Database, userId: string | undefined, filter: LogFilter): Promise<number> {
  const asked = { ...filter, cap: countCap }
  const { count } = await db.one(
    userId === undefined ? countLoginLogs(asked) : countLoginLogsOfUser({ ...asked, userId }),
  )
  return count
}
