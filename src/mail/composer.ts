import type { Mails } from '../../generated/mails.ts'
import type { BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import type { Language } from './language.ts'
import type { RenderedMail, RenderMail } from './render.ts'
import type { MailName } from './templates.ts'

/** The reason why an email is not sent, for the log and for the email's row in the outbox. */
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

/** Writes a mail in the language of its recipient, or in English if there are no templates in that language. */
export type WriteMail = <Name extends MailName>(
  name: Name,
  recipient: { to: string; language: string | null },
  values: Mails[Name],
) => ComposedMail

/**
 * Composes a queued mail of one kind, in the transaction of the worker, and mints its code.
 * @returns the mail, or the reason for which the mail is no longer to be sent
 */
export type MailComposer = (db: Queryable, mail: BeginMailRow, write: WriteMail) => Promise<ComposedMail | DropReason>

export function createWriter(render: RenderMail): WriteMail {
  return (name, { to, language }, values) => ({ name, to, ...render(name, language, values) })
}
