import type { BeginMailRow } from '../../../generated/queries.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/** To the address of an account that was erased: of its owner nothing else is known any more (security 110). */
export function composeAccountDeleted(
  { address, language: given, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): ComposedMail {
  const language = asLanguage(given ?? '')
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return { name: 'accountDeleted', to: address, language, ...renderMail('accountDeleted', language, values) }
}
