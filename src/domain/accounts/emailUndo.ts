import { endUndo, findEndableUndo, lockCodes, voidCodes } from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import { undoLifetime } from '../mails/codes.ts'
import { recordEvent } from '../events/securityEvents.ts'

/**
 * Seconds in which the owner of a former address can undo a change whatever happens. A thief who has changed the address
 * of an account to one of their own can recover there and confirm again as well as a rightful owner can.
 */
const minimumUndo = 72 * 3600

/** Whether the present address may be confirmed again: it came by a change, and the password was recovered at it since. */
export async function canEndUndo(db: Queryable, userId: string): Promise<boolean> {
  return (await db.maybeOne(findEndableUndo({ userId, undoLifetime }))) != null
}

/**
 * Shortens the undo of the changes of an address that was recovered at and confirmed again (security 103), as part of the
 * transaction that has consumed the code.
 * @returns until when the latest of them can be undone
 * @throws Problem code_invalid when there is no such change any more
 */
export async function endUndoAfterRecovery(transaction: Queryable, userId: string, client: Client): Promise<string> {
  if (!(await canEndUndo(transaction, userId))) throw gone()
  const { undo_until: undoUntil } = await transaction.one(endUndo({ userId, seconds: minimumUndo }))
  if (undoUntil === null) throw gone()
  await transaction.query(voidCodes({ userId })) // and the request itself, which is no change of address
  await recordEvent(transaction, 'email_undo_ended', { userId, client })
  return undoUntil
}

/**
 * Ends the undo of every change of a user's address at once, for an operator who has made sure whose account it is.
 * @returns whether there was one
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

function gone(): Problem {
  return new Problem('code_invalid', { cause: 'no change of address can be undone any more' })
}
