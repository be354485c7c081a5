import { findUserIdByAddress, lockCodes, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { invitationLifetime, mintCode } from '../../domain/mails/codes.ts'
import { findActiveUser } from '../activeUser.ts'
import { composeFrom, type ComposedMail } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { serviceName } from '../templateValues.ts'

/**
 * To a user created by an administrator: a recovery code, unless the user has confirmed the address by another mail.
 */
export async function composeInvitation(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner || owner.user_id !== mail.user_id) return undefined
  // Waits for a suspension that is under way, so that the next statement sees it.
  await db.one(lockCodes({ userId: owner.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user || user.email_confirmed) return undefined
  const code = await mintCode(db, 'restore', user.id, mail.id, { lifetime: invitationLifetime })
  if (code === undefined) return undefined
  const recipient = { to: user.email, language: chooseLanguage(user.language) }
  return composeFrom('invitation', recipient, {
    link: `${baseUrl}/account/restore-password/?code=${code}`,
    service: serviceName(baseUrl),
  })
}
