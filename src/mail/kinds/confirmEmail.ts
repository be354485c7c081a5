import { findForeignOwner, findWaitingEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Statements } from '../../db/database.ts'
import { mintCode } from '../../domain/codes.ts'
import { asLanguage, type ChosenMail } from '../chooseMail.ts'
import { renderMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/** To the new address, unless somebody else has it or it is held for somebody else: then nobody gets anything. */
export async function chooseConfirmEmail(
  db: Statements,
  { id: mailId, user_id: userId, address, about }: BeginMailRow,
  baseUrl: string,
): Promise<ChosenMail | undefined> {
  if (userId === null || about === null) return undefined
  if (await db.maybeOne(findForeignOwner({ address, userId }))) return undefined
  const change = await db.maybeOne(findWaitingEmailChange({ userId, id: about }))
  if (!change) return undefined
  const code = await mintCode(db, 'confirm_email', userId, mailId, { about })
  if (code === undefined) return undefined
  const language = asLanguage(change.language)
  const values = {
    service: serviceName(baseUrl),
    time: formatTime(change.requested_at, language),
    link: `${baseUrl}/account/confirm-email/?code=${code}`,
  }
  return { name: 'confirmEmail', to: change.email, language, ...renderMail('confirmEmail', language, values) }
}
