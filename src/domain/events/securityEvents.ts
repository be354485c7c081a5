import { NIL, v7 as uuidv7 } from 'uuid'
import type { components } from '../../../generated/contract.ts'
import {
  countSecurityEvents,
  countSecurityEventsOfType,
  countSecurityEventsOfUser,
  insertSecurityEvent,
  listSecurityEvents,
  listSecurityEventsOfType,
  listSecurityEventsOfUser,
  type ListSecurityEventsRow,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import type { LogFilter } from './filters.ts'
import { countCap, scanReach, type Count, type Position } from '../pagination.ts'

export type SecurityEventType = components['schemas']['SecurityEventType']
export type SecurityEventRow = ListSecurityEventsRow
/** Whose events, of which type: undefined for all. `seesActors` is whether administrators' addresses and devices are shown. */
export type SecurityEventScope = { userId: string | undefined; type: string | undefined; seesActors: boolean }

/** How the table names nobody: an event of an unknown address has no user. */
export const nobody = NIL

/**
 * Writes down what happened to an account, as part of the caller's transaction where there is one.
 * @param event.actorId the administrator who did it; left out for what users do themselves
 */
export async function recordEvent(
  db: Queryable,
  type: SecurityEventType,
  event: { userId?: string | undefined; actorId?: string; client?: Client },
): Promise<void> {
  const { userId = nobody, actorId = null, client } = event
  const { ipAddress = null, userAgent = null } = client ?? {}
  await db.query(insertSecurityEvent({ userId, id: uuidv7(), type, actorId, ipAddress, userAgent }))
}

/** Reads events beyond a position; whoever asks for those of one type only gets an index that leads with it. */
export function scanSecurityEvents(db: Database, { userId, type, seesActors }: SecurityEventScope, filter: LogFilter) {
  return (from: Position, limit: number, descending: boolean): Promise<readonly SecurityEventRow[]> => {
    const asked = { ...filter, cursorTimestamp: from.timestamp, cursorId: from.id, reach: scanReach, limit }
    if (userId !== undefined) {
      const own = { ...asked, userId, type: type ?? null, seesActors }
      return db.any(descending ? listSecurityEventsOfUser.descending(own) : listSecurityEventsOfUser.ascending(own))
    }
    if (type !== undefined) {
      const one = { ...asked, type }
      return db.any(descending ? listSecurityEventsOfType.descending(one) : listSecurityEventsOfType.ascending(one))
    }
    return db.any(descending ? listSecurityEvents.descending(asked) : listSecurityEvents.ascending(asked))
  }
}

/** @returns how many events there are among the latest that a filter reaches, counting one past the cap at the most */
export async function countEvents(
  db: Database,
  { userId, type, seesActors }: SecurityEventScope,
  filter: LogFilter,
): Promise<Count> {
  const asked = { ...filter, reach: scanReach, cap: countCap }
  const { count, is_partial: isPartial } = await db.one(
    userId !== undefined
      ? countSecurityEventsOfUser({ ...asked, userId, type: type ?? null, seesActors })
      : type !== undefined
        ? countSecurityEventsOfType({ ...asked, type })
        : countSecurityEvents(asked),
  )
  return { count, isPartial }
}
