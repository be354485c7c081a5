import { findAddressOwner, findMail, lockCodes } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'

/**
 * Locks the codes of the user a mail is about and of the owner of its address, until the end of the transaction.
 * Neither can be erased in that time, and the call waits for an erasure that is under way. Call it before the mail is
 * locked: an erasure locks the user first and the mails after that.
 */
export async function lockMailUsers(transaction: Queryable, mailId: string): Promise<void> {
  const mail = await transaction.maybeOne(findMail({ id: mailId }))
  if (!mail) return
  const owner = await transaction.maybeOne(findAddressOwner({ address: mail.address }))
  const ids = new Set([mail.user_id, owner?.user_id].filter((id) => id != null))
  for (const userId of [...ids].sort()) await transaction.one(lockCodes({ userId }))
}
