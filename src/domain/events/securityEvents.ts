import { NIL, v7 as uuidv7 } from 'uuid'
import type { components } from '../../../generated/contract.ts'
import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import { countCap, scanReach, type Count, type Slice } from '../pagination.ts'
import type { LogFilter } from './filters.ts'

export type SecurityEventType = components['schemas']['SecurityEventType']
export type SecurityEventRow = queries.ListSecurityEventsRow
/** Selects the events of one user or of one type. An undefined `userId` or `type` does not restrict the events. */
export type SecurityEventSearch = {
  userId: string | undefined
  type: string | undefined
  /** Whether the caller may see the IP address and the device of an administrator who acted on the user. */
  seesActors: boolean
  filter: LogFilter
}

/** The user id of an event that has no user, such as a failed sign-in with an unknown email address. */
export const noUser = NIL

/**
 * Records a security event, within the caller's transaction if there is one.
 * @param event.actorId the administrator who acted; left out if the user themselves acted
 */
export async function recordEvent(
  db: Queryable,
  type: SecurityEventType,
  event: { userId?: string | undefined; actorId?: string; client?: Client },
): Promise<void> {
  const { userId = noUser, actorId = null, client } = event
  const { ipAddress = null, userAgent = null } = client ?? {}
  await db.query(queries.insertSecurityEvent({ userId, id: uuidv7(), type, actorId, ipAddress, userAgent }))
}

/** Reads up to `limit` security events after a position. */
export function readSecurityEvents(
  db: Database,
  { userId, type, seesActors, filter }: SecurityEventSearch,
  { from, limit, descending }: Slice,
): Promise<readonly SecurityEventRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { ...filter, cursorTimestamp: from.value, cursorId: from.id, reach: scanReach, limit }
  if (userId !== undefined)
    return db.any(queries.listSecurityEventsOfUser[direction]({ ...page, userId, type: type ?? null, seesActors }))
  // The index whose first column is the type finds events of a rare type at once.
  if (type !== undefined) return db.any(queries.listSecurityEventsOfType[direction]({ ...page, type }))
  return db.any(queries.listSecurityEvents[direction](page))
}

/** Counts the matching events among the latest `scanReach` events, up to one more than `countCap`. */
export async function countSecurityEvents(
  db: Database,
  { userId, type, seesActors, filter }: SecurityEventSearch,
): Promise<Count> {
  const bounded = { ...filter, reach: scanReach, cap: countCap }
  const { count, is_partial: isPartial } = await db.one(
    userId !== undefined
      ? queries.countSecurityEventsOfUser({ ...bounded, userId, type: type ?? null, seesActors })
      : type !== undefined
        ? queries.countSecurityEventsOfType({ ...bounded, type })
        : queries.countSecurityEvents(bounded),
  )
  return { count, isPartial }
}
