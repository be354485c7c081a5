import type { Mails } from '../../generated/mails.ts'
import type { BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import type { Language } from './language.ts'
import { renderMail, type MailName, type RenderedMail } from './render.ts'

/** Why a mail is not sent, for the log and for the mail's row. */
export type DropReason =
  | 'no account or registration has the address'
  | 'the account is active already'
  | 'the account is suspended or erased'
  | 'the account needs no invitation'
  | 'the registration has ended'
  | 'the change of address has ended'
  | 'the address belongs to another account'
  | 'a newer mail replaces it'

export type ComposedMail = RenderedMail & { name: MailName; to: string; language: Language }

/**
 * Composes a queued mail of one kind, in the transaction of the worker, and mints its code.
 * @returns the mail, or the reason for which the mail is no longer to be sent
 */
export type MailComposer = (db: Queryable, mail: BeginMailRow, baseUrl: string) => Promise<ComposedMail | DropReason>

/** Renders a template in the language of a recipient. */
export function composeFrom<Name extends MailName>(
  name: Name,
  { to, language }: { to: string; language: Language },
  values: Mails[Name],
): ComposedMail {
  return { name, to, language, ...renderMail(name, language, values) }
}
