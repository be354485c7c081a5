import { findLastSuperuser, lockActor, lockSuperusers } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'

/** A superuser who acts through one of their sessions. */
export type Administrator = { actorId: string; sessionId: string; client: Client }

/** The author of a change: a superuser, or an operator who runs a command and has no account. */
export type Actor = Administrator | { actorId?: never; sessionId?: never; client?: never }

/**
 * Checks, in the transaction of a change, that the actor is still an active superuser with an active session (security
 * 88). `lockActor` in sql/queries/sessions.sql decides, and locks the superuser until the transaction ends. An operator
 * passes without a check.
 * @throws Problem permission_denied
 */
export async function requireActor(transaction: Queryable, { actorId, sessionId }: Actor): Promise<void> {
  if (actorId === undefined) return
  if (!(await transaction.maybeOne(lockActor({ actorId, sessionId }))))
    throw new Problem('permission_denied', {
      cause: 'demoted, suspended, deleted or signed out after the request began',
    })
}

/**
 * Refuses to delete, demote or suspend a superuser if no other active superuser has a password (security 77).
 * `findLastSuperuser` in sql/queries/accounts.sql decides this. The transaction of a change calls this function
 * before it takes any other lock (sql/README.md). If two superusers demote each other at the same time, the second
 * transaction waits here for the first.
 * @throws Problem last_superuser
 */
export async function requireAnotherSuperuser(transaction: Queryable, userId: string): Promise<void> {
  await transaction.one(lockSuperusers())
  if (await transaction.maybeOne(findLastSuperuser({ userId }))) throw new Problem('last_superuser')
}
