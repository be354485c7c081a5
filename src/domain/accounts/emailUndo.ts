import { endUndo, findEndableUndo, lockCodes, voidCodes } from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import { undoLifetime } from '../mails/codes.ts'
import { recordEvent } from '../events/securityEvents.ts'

/**
 * The least number of seconds for which the owner of a former email address can undo a change. The minimum is
 * necessary because an attacker who has changed the address to their own can also recover the account there and
 * confirm the address again, like a rightful owner.
 */
export const minUndoTime = 72 * 3600

/**
 * Checks whether a user may confirm the current email address again. The address must have been set by a change, and
 * the password must have been recovered at this address since then. `findEndableUndo` in sql/queries/emailChanges.sql
 * decides.
 */
export async function canEndUndo(db: Queryable, userId: string): Promise<boolean> {
  return (await db.maybeOne(findEndableUndo({ userId, undoLifetime }))) != null
}

/**
 * Shortens the time in which the changes of a user's email address can be undone. The user has recovered the password
 * at the current address and has then confirmed this address again (security 103). The caller's transaction has
 * consumed the code of the confirmation.
 * @returns the time until which the latest change can be undone, in ISO 8601
 * @throws Problem code_invalid if no change can be undone any more
 */
export async function endUndoAfterRecovery(transaction: Queryable, userId: string, client: Client): Promise<string> {
  if (!(await canEndUndo(transaction, userId))) throw nothingToUndo()
  const { undo_until: undoUntil } = await transaction.one(endUndo({ userId, seconds: minUndoTime }))
  if (undoUntil === null) throw nothingToUndo()
  // This also voids the request to confirm the present address again, because that request changes no address.
  await transaction.query(voidCodes({ userId }))
  await recordEvent(transaction, 'email_undo_ended', { userId, client })
  return undoUntil
}

/**
 * Makes it impossible, immediately, to undo any change of a user's email address. An operator calls this after
 * verifying the owner's identity.
 * @returns whether there was a change that could still be undone
 */
export async function endUndoNow(db: Database, userId: string): Promise<boolean> {
  return db.transaction(async (transaction) => {
    await transaction.one(lockCodes({ userId }))
    const { undo_until: undoUntil } = await transaction.one(endUndo({ userId, seconds: 0 }))
    if (undoUntil === null) return false
    await recordEvent(transaction, 'email_undo_ended', { userId })
    return true
  })
}

function nothingToUndo(): Problem {
  return new Problem('code_invalid', { cause: 'no change of address can be undone any more' })
}
