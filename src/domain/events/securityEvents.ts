import { NIL, v7 as uuidv7 } from 'uuid'
import type { components } from '../../../generated/contract.ts'
import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import { countCap, scanReach, type Count, type Slice } from '../pagination.ts'
import type { LogFilter } from './filters.ts'

export type SecurityEventType = components['schemas']['SecurityEventType']
export type SecurityEventRow = queries.ListSecurityEventsRow
/** Selects the events of one user or type; undefined selects all. */
export type SecurityEventSearch = {
  userId: string | undefined
  type: string | undefined
  /** Whether the caller may see the IP address and the device of an administrator who acted on the user. */
  seesActors: boolean
  filter: LogFilter
}

/** The user id of an event without a user, such as a failed sign-in with an unknown address. */
export const noUser = NIL

/**
 * Records a security event, in the caller's transaction if there is one.
 * @param event.actorId the administrator who acted; left out if the user did
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

/** Reads security events beyond a position. */
export function readSecurityEvents(
  db: Database,
  { userId, type, seesActors, filter }: SecurityEventSearch,
  { from, limit, descending }: Slice,
): Promise<readonly SecurityEventRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { ...filter, cursorTimestamp: from.value, cursorId: from.id, reach: scanReach, limit }
  if (userId !== undefined)
    return db.any(queries.listSecurityEventsOfUser[direction]({ ...page, userId, type: type ?? null, seesActors }))
  // The index that leads with the type finds a rare one at once.
  if (type !== undefined) return db.any(queries.listSecurityEventsOfType[direction]({ ...page, type }))
  return db.any(queries.listSecurityEvents[direction](page))
}

/** Counts the matches among the latest `scanReach` events, up to one more than the cap. */
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
