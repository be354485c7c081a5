import { findUserIdByAddress, lockCodes, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { findActiveUser } from '../activeUser.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'
import { composeSignUp } from '../signUp.ts'

/**
 * Composes the mail after a request to restore a password. The mail contains a recovery code for the account of the
 * email address, or for its registration.
 */
export async function composeRestore(
  db: Queryable,
  mail: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner) return composeSignUp(db, mail, write)
  // The mail must go to the email address that the user has when the code is minted. An undo of a change may replace
  // the email address at the same time, so the codes are locked first.
  await db.one(lockCodes({ userId: owner.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return 'the account is suspended or erased'
  const code = await mintCode(db, 'restore', user.id, mail.id)
  if (code === undefined) return 'a newer mail replaces it'
  const recipient = { to: user.email, language: user.language }
  return write('restore', recipient, {
    link: `/account/restore-password/?code=${code}`,
  })
}
