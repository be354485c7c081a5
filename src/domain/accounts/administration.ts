import { v7 as uuidv7 } from 'uuid'
import {
  endLiveSession,
  lockCodes,
  lockUser,
  voidCodes,
  voidRegistrations,
  wasSuppressed,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { enqueue } from '../mails/outbox.ts'
import { recordEvent, type SecurityEventType } from '../events/securityEvents.ts'
import { endAllSessions } from '../sessions/sessions.ts'
import { claimKey, type RequestIdentity } from './idempotencyKeys.ts'
import { requireAnotherSuperuser, requireActor, type Actor } from './superusers.ts'
import {
  createUser,
  profileMembers,
  profileOf,
  writeChanges,
  type NewUser,
  type UserChanges,
  type OwnUserRow,
  type UserRow,
} from './users.ts'

/**
 * Creates a user and voids the registrations of the same email address. If the user is active and has no password,
 * the worker mails an invitation.
 * @param identity identifies the request; a repetition creates nothing and returns the user that the first request
 * created
 * @throws Problem email_taken, permission_denied, idempotency_key_reused
 */
export async function addUser(
  db: Database,
  newUser: Omit<NewUser, 'userId'>,
  actor: Actor,
  identity?: RequestIdentity,
): Promise<UserRow> {
  const userId = uuidv7()
  return db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    const { actorId } = actor
    const first = identity && actorId !== undefined && (await claimKey(transaction, identity, { actorId, userId }))
    if (first) {
      const { suppressed } = await transaction.one(
        wasSuppressed({ address: newUser.address, createdAt: first.created_at }),
      )
      return { ...asCreated(newUser, first), email_suppressed: suppressed, legacy_id: null }
    }
    const user = await createUser(transaction, { ...newUser, userId })
    if (!user) throw new Problem('email_taken')
    await transaction.query(voidRegistrations({ address: newUser.address }))
    await recordEvent(transaction, 'user_created', { userId, ...actor })
    if (user.is_superuser) await recordEvent(transaction, 'superuser_granted', { userId, ...actor })
    if (newUser.passwordHash === null && user.is_active)
      await enqueue(transaction, 'invitation', newUser.address, userId)
    return user
  })
}

/**
 * Changes a user. A suspension also ends the user's sessions and voids the codes that were mailed to the user
 * (security 40).
 * @param precondition runs after the user's row was locked, and throws if the user may not be changed
 * @throws Problem not_found, last_superuser, permission_denied
 */
export async function updateUser(
  db: Database,
  userId: string,
  changes: UserChanges,
  actor: Actor,
  precondition?: (before: UserRow) => void,
): Promise<UserRow> {
  return db.transaction(async (transaction) => {
    if (changes.is_active === false || changes.is_superuser === false)
      await requireAnotherSuperuser(transaction, userId)
    await requireActor(transaction, actor)
    // This transaction locks the user's codes before the user's row (order of locks: sql/README.md). The lock of the
    // codes also keeps the worker from minting a code after the suspension.
    if (changes.is_active === false) await transaction.one(lockCodes({ userId }))
    const before = await transaction.maybeOne(lockUser({ userId }))
    if (!before) throw new Problem('not_found')
    precondition?.(before)
    const after = await writeChanges(transaction, before, changes)
    if (before.is_active && !after.is_active) await suspend(transaction, userId)
    for (const type of changeEvents(before, after)) await recordEvent(transaction, type, { userId, ...actor })
    return after
  })
}

/**
 * Ends every session of a user. The user may sign in again.
 * @returns the number of active sessions that ended
 * @throws Problem not_found, permission_denied
 */
export async function revokeSessionsOfUser(db: Database, userId: string, actor: Actor): Promise<number> {
  return db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    if (!(await transaction.maybeOne(lockUser({ userId })))) throw new Problem('not_found')
    const live = await endAllSessions(transaction, { userId, keptId: null, endedBy: 'revoked_by_administrator' })
    if (live > 0) await recordEvent(transaction, 'sessions_revoked', { userId, ...actor })
    return live
  })
}

/**
 * Ends one active session of a user.
 * @throws Problem not_found if the session is unknown, has ended, or belongs to another user; permission_denied
 */
export async function revokeSessionOfUser(
  db: Database,
  session: { userId: string; sessionId: string },
  actor: Actor,
): Promise<void> {
  await db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    const endedBy = 'revoked_by_administrator'
    if (!(await transaction.maybeOne(endLiveSession({ ...session, endedBy })))) throw new Problem('not_found')
    await recordEvent(transaction, 'sessions_revoked', { userId: session.userId, ...actor })
  })
}

/** Returns a user as `createUser` returned it, even if the user was changed or erased since. */
function asCreated(
  newUser: Omit<NewUser, 'userId'>,
  { user_id: id, created_at: date_joined }: { user_id: string; created_at: string },
): OwnUserRow {
  const { email, is_active = true, is_superuser, email_confirmed } = newUser
  const profile = profileOf(newUser)
  return { id, email, ...profile, is_active, is_superuser, email_confirmed, date_joined, last_login: null }
}

async function suspend(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query(voidCodes({ userId }))
  await endAllSessions(transaction, { userId, keptId: null, endedBy: 'suspended' })
}

function changeEvents(before: UserRow, after: UserRow): SecurityEventType[] {
  const isChanged = profileMembers.some((name) => before[name] !== after[name])
  return [
    ...(isChanged ? (['user_updated'] as const) : []),
    ...(before.is_active === after.is_active ? [] : ([after.is_active ? 'user_activated' : 'user_suspended'] as const)),
    ...(before.is_superuser === after.is_superuser
      ? []
      : ([after.is_superuser ? 'superuser_granted' : 'superuser_revoked'] as const)),
  ]
}
