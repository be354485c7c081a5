import type { Mails } from '../../generated/mails.ts'
import type { BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import type { Language } from './language.ts'
import { renderMail, type MailName, type RenderedMail } from './render.ts'

export type ComposedMail = RenderedMail & { name: MailName; to: string; language: Language }

/**
 * Composes a queued mail of one kind, in the transaction of the worker, and mints its code.
 * @returns the mail, or undefined when the mail is no longer to be sent
 */
export type MailComposer = (db: Queryable, mail: BeginMailRow, baseUrl: string) => Promise<ComposedMail | undefined>

/** Renders a template in the language of a recipient. */
export function composeFrom<Name extends MailName>(
  name: Name,
  { to, language }: { to: string; language: Language },
  values: Mails[Name],
): ComposedMail {
  return { name, to, language, ...renderMail(name, language, values) }
}
