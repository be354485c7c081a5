import type { BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { composeFrom, type ComposedMail, type DropReason } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'

/**
 * Composes the mail to the email address of an erased account. After the erasure, the row of this mail is the only
 * record of the former user (security 110).
 */
export function composeAccountDeleted(
  _db: Queryable,
  { address, language: preferred, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | DropReason> {
  const language = chooseLanguage(preferred)
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return Promise.resolve(composeFrom('accountDeleted', { to: address, language }, values))
}
