import { findAddressOwner, findMail, lockCodes } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'

/**
 * Locks the codes of two users until the end of the transaction: the user whom a mail concerns, and the owner of the
 * mail's email address. Neither user can be erased in that time. The call waits for an erasure that is in progress.
 * Callers must lock the row of the mail after this call, because an erasure locks the user before the mails.
 */
export async function lockMailUsers(transaction: Queryable, mailId: string): Promise<void> {
  const mail = await transaction.maybeOne(findMail({ id: mailId }))
  if (!mail) return
  const owner = await transaction.maybeOne(findAddressOwner({ address: mail.address }))
  const ids = new Set([mail.user_id, owner?.user_id].filter((id) => id != null))
  for (const userId of [...ids].sort()) await transaction.one(lockCodes({ userId }))
}
