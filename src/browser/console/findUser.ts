import type { AdminUser } from '../../../generated/sdk/index.ts'
import { ExplainedError } from '../explain.ts'
import { formatCount } from '../language.ts'
import { client } from '../session.ts'
import { consoleTexts } from './texts.ts'

/**
 * Finds the user whom a filter names by a part of the email address or of the names.
 * @returns undefined if the text is empty
 * @throws ExplainedError at the field `user` if no user or several users match
 */
export async function findUser(text: string): Promise<AdminUser | undefined> {
  if (text === '') return undefined
  const { results, count, count_capped } = await client.listUsers({ search: text, ordering: 'email', page_size: 100 })
  const isExact = ({ email }: AdminUser) => email.toLowerCase() === text.toLowerCase()
  const found = count === 1 ? results[0] : results.find(isExact)
  if (found) return found
  const { noUser, severalUsers } = consoleTexts.value.findUser
  throw new ExplainedError({ fields: { user: count === 0 ? noUser : formatCount(count, severalUsers, count_capped) } })
}
