import type { BeginMailRow } from '../../../generated/queries.ts'
import { asLanguage, renderMail, type ChosenMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/** To the address of an account that was erased: of its owner nothing else is known any more (security 110). */
export function chooseAccountDeleted(
  { address, language: given, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): ChosenMail {
  const language = asLanguage(given ?? '')
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return { name: 'accountDeleted', to: address, language, ...renderMail('accountDeleted', language, values) }
}
