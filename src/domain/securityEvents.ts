import { NIL, v7 as uuidv7 } from 'uuid'
import type { components } from '../../generated/contract.ts'
import { insertSecurityEvent } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'
import type { Client } from './client.ts'

export type SecurityEventType = components['schemas']['SecurityEventType']

/** How the table names nobody: an event of an unknown address has no user. */
export const nobody = NIL

/**
 * Writes down what happened to an account, as part of the caller's transaction where there is one.
 * @param event.actorId the administrator who did it; left out for what users do themselves
 */
export async function recordEvent(
  db: Statements,
  type: SecurityEventType,
  event: { userId?: string | undefined; actorId?: string; client?: Client },
): Promise<void> {
  const { userId = nobody, actorId = null, client } = event
  const { ipAddress = null, userAgent = null } = client ?? {}
  await db.query(insertSecurityEvent({ userId, id: uuidv7(), type, actorId, ipAddress, userAgent }))
}
