import { v7 as uuidv7 } from 'uuid'
import { endSessionsBeyondLimit, insertSession } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import type { Limits } from '../limits/limits.ts'
import { recordDevice } from './devices.ts'
import { sessionBatch, type SessionLifetimes } from './sessions.ts'
import type { TokenSession } from './tokens.ts'

export type SessionServices = { limits: Limits; lifetimes: SessionLifetimes; config: { maxSessions: number } }

/**
 * Starts a session and records its device. If the user has too many sessions, the oldest ones are ended (security 92).
 * The caller holds the lock of the user's row.
 */
export async function startSession(
  transaction: Queryable,
  { limits, lifetimes: { idleLifetime, absoluteLifetime }, config: { maxSessions } }: SessionServices,
  user: { id: string; email: string },
  client: Client,
): Promise<TokenSession> {
  const [userId, id] = [user.id, uuidv7()]
  await recordDevice(transaction, limits.newDeviceMails, { user, sessionId: id }, client)
  const session = await transaction.one(insertSession({ userId, id, idleLifetime, absoluteLifetime, ...client }))
  const limit = { userId, sessionId: id, others: maxSessions - 1, batch: sessionBatch }
  await transaction.query(endSessionsBeyondLimit(limit))
  return session
}
