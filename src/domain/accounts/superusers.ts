import { findLastSuperuser, lockActor, lockSuperusers } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'

/** A superuser who administers others, by one of their sessions, and from where. */
export type Administrator = { actorId: string; sessionId: string; client: Client }

/** Who administers: a superuser, or an operator by a command. */
export type Actor = Administrator | { actorId?: never; sessionId?: never; client?: never }

/**
 * Checks, in the transaction that takes effect, that the actor still is an active superuser with a live session; until its end
 * nothing changes that (security 88). An operator's command needs no account.
 * @throws Problem permission_denied
 */
export async function requireActor(transaction: Queryable, { actorId, sessionId }: Actor): Promise<void> {
  if (actorId === undefined) return
  if (!(await transaction.maybeOne(lockActor({ actorId, sessionId }))))
    throw new Problem('permission_denied', {
      cause: 'demoted, suspended, deleted or signed out since the request began',
    })
}

/**
 * To be called in the transaction that removes, demotes or suspends a user, before it does: two superusers who demote
 * each other at once wait for each other here (security 77).
 * @throws Problem last_superuser
 */
export async function requireAnotherSuperuser(transaction: Queryable, userId: string): Promise<void> {
  await transaction.one(lockSuperusers())
  if (await transaction.maybeOne(findLastSuperuser({ userId }))) throw new Problem('last_superuser')
}
