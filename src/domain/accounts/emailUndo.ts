import { endUndo, findEndableUndo, lockCodes, voidCodes } from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import { undoLifetime } from '../mails/codes.ts'
import { recordEvent } from '../events/securityEvents.ts'

/**
 * Seconds for which the owner of a former address can undo a change in any case. An attacker who has changed the
 * address to one of their own can recover the account there and confirm the address again, like a rightful owner.
 */
const minUndoTime = 72 * 3600

/**
 * Checks whether the current address may be confirmed again: a change set it, and the password was recovered at it
 * since then. `findEndableUndo` in sql/queries/emailChanges.sql decides.
 */
export async function canEndUndo(db: Queryable, userId: string): Promise<boolean> {
  return (await db.maybeOne(findEndableUndo({ userId, undoLifetime }))) != null
}

/**
 * Shortens the time in which the changes of an address can be undone, after its user has recovered the password there
 * and confirmed the address again (security 103). It runs in the transaction that has consumed the code.
 * @returns the end of that time for the latest change, in ISO 8601
 * @throws Problem code_invalid if no change can be undone any more
 */
export async function endUndoAfterRecovery(transaction: Queryable, userId: string, client: Client): Promise<string> {
  if (!(await canEndUndo(transaction, userId))) throw nothingToUndo()
  const { undo_until: undoUntil } = await transaction.one(endUndo({ userId, seconds: minUndoTime }))
  if (undoUntil === null) throw nothingToUndo()
  await transaction.query(voidCodes({ userId })) // the request itself, too: it changes no address
  await recordEvent(transaction, 'email_undo_ended', { userId, client })
  return undoUntil
}

/**
 * Ends the undo of every change of a user's address immediately. An operator calls this after verifying the owner's
 * identity.
 * @returns whether a change could still be undone
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
