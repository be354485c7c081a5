import { findAddressOwner, findMail, lockCodes } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'

/**
 * Until the end of the transaction nobody whom the mail is about is erased; an erasure that is under way is waited for.
 * To be called before the mail is locked: an erasure takes the user first, the mails after.
 */
export async function lockRecipient(transaction: Queryable, mailId: string): Promise<void> {
  const mail = await transaction.maybeOne(findMail({ id: mailId }))
  if (!mail) return
  const owner = await transaction.maybeOne(findAddressOwner({ address: mail.address }))
  const ids = new Set([mail.user_id, owner?.user_id].filter((id) => id != null))
  for (const userId of [...ids].sort()) await transaction.one(lockCodes({ userId }))
}
