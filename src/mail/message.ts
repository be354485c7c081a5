import type { SendMailOptions } from 'nodemailer/lib/mailer'
import { PermanentFailure } from './permanentFailure.ts'
import type { RenderedMail } from './render.ts'

export type OutgoingMail = RenderedMail & {
  id: string
  name: string
  language: string
  /** One address, as it is stored. */
  to: string
  /** The same in each attempt, so that recipients can recognize a mail that was sent twice. */
  messageId: string
}

/**
 * Converts a mail for nodemailer. The recipient is an address object, which nodemailer does not parse for more
 * addresses.
 * @throws PermanentFailure when the recipient is not exactly one address
 */
export function toMessage(mail: OutgoingMail, from: string): SendMailOptions {
  // nodemailer would rewrite these, and the mail would go to another address than the stored one.
  if (/[\p{Cc}\s<>]/u.test(mail.to) || mail.to.split('@').length !== 2) {
    throw new PermanentFailure('The stored address is not one address')
  }
  return {
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'Content-Language': mail.language,
    },
  }
}
