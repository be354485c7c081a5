import { v7 as uuidv7 } from 'uuid'
import { lockCodes, lockUser, voidCodes, voidRegistrations } from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { enqueue } from '../mails/outbox.ts'
import { recordEvent, type SecurityEventType } from '../events/securityEvents.ts'
import { endAllSessions } from '../sessions/sessions.ts'
import { requireAnotherSuperuser, requireActor, type Actor } from './superusers.ts'
import { createUser, writeChanges, type NewUser, type UserChanges, type UserRow } from './users.ts'

/**
 * Makes a user. Without a password an active one is invited by mail. Registrations of the address that wait are void.
 * @throws Problem email_taken, permission_denied
 */
export async function addUser(db: Database, given: Omit<NewUser, 'userId'>, by: Actor): Promise<UserRow> {
  const userId = uuidv7()
  return db.transaction(async (transaction) => {
    await requireActor(transaction, by)
    const user = await createUser(transaction, { ...given, userId })
    if (!user) throw new Problem('email_taken')
    await transaction.query(voidRegistrations({ address: given.address }))
    await recordEvent(transaction, 'user_created', { userId, ...by })
    if (user.is_superuser) await recordEvent(transaction, 'superuser_granted', { userId, ...by })
    if (given.passwordHash === null && user.is_active) await enqueue(transaction, 'invitation', given.address, userId)
    return user
  })
}

/**
 * Changes what is given of a user; whoever is suspended loses sessions and mailed codes with it (security 40).
 * @throws Problem not_found, last_superuser, permission_denied
 */
export async function updateUser(db: Database, userId: string, changes: UserChanges, by: Actor): Promise<UserRow> {
  return db.transaction(async (transaction) => {
    if (changes.isActive === false || changes.isSuperuser === false) await requireAnotherSuperuser(transaction, userId)
    await requireActor(transaction, by)
    // Before the user, as all who void codes do; and no mail that is being chosen brings one after the suspension.
    if (changes.isActive === false) await transaction.one(lockCodes({ userId }))
    const before = await transaction.maybeOne(lockUser({ userId }))
    if (!before) throw new Problem('not_found')
    const after = await writeChanges(transaction, before, changes)
    if (before.is_active && !after.is_active) await suspend(transaction, userId)
    for (const type of eventsOf(before, after)) await recordEvent(transaction, type, { userId, ...by })
    return after
  })
}

/**
 * Ends every session of a user, who can sign in again.
 * @returns how many were alive
 * @throws Problem not_found, permission_denied
 */
export async function revokeSessionsOfUser(db: Database, userId: string, by: Actor): Promise<number> {
  return db.transaction(async (transaction) => {
    await requireActor(transaction, by)
    if (!(await transaction.maybeOne(lockUser({ userId })))) throw new Problem('not_found')
    const live = await endAllSessions(transaction, { userId, keptId: null, endedBy: 'revoked_by_administrator' })
    if (live > 0) await recordEvent(transaction, 'sessions_revoked', { userId, ...by })
    return live
  })
}

async function suspend(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query(voidCodes({ userId }))
  await endAllSessions(transaction, { userId, keptId: null, endedBy: 'suspended' })
}

function eventsOf(before: UserRow, after: UserRow): SecurityEventType[] {
  const renamed = (['first_name', 'last_name', 'language'] as const).some((name) => before[name] !== after[name])
  return [
    ...(renamed ? (['user_updated'] as const) : []),
    ...(before.is_active === after.is_active ? [] : ([after.is_active ? 'user_activated' : 'user_suspended'] as const)),
    ...(before.is_superuser === after.is_superuser
      ? []
      : ([after.is_superuser ? 'superuser_granted' : 'superuser_revoked'] as const)),
  ]
}
