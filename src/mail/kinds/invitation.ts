import { findUser, findUserIdByAddress, lockCodes, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { invitationLifetime, mintCode } from '../../domain/mails/codes.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { serviceName } from '../values.ts'

/** For whom an administrator has created: a recovery code, until they have followed a mail, this or another. */
export async function composeInvitation(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner || owner.user_id !== mail.user_id) return undefined
  await db.one(lockCodes({ userId: owner.user_id })) // whoever is being suspended is suspended by the next statement
  const user = await db.maybeOne(findUser({ userId: owner.user_id }))
  if (!user?.is_active || user.email_confirmed) return undefined
  const language = asLanguage(user.language)
  const code = await mintCode(db, 'restore', user.id, mail.id, { lifetime: invitationLifetime })
  if (code === undefined) return undefined
  const values = { link: `${baseUrl}/account/restore-password/?code=${code}`, service: serviceName(baseUrl) }
  return { name: 'invitation', to: user.email, language, ...renderMail('invitation', language, values) }
}
