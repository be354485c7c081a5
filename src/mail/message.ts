import type { SendMailOptions } from 'nodemailer/lib/mailer'
import { PermanentFailure } from './failure.ts'
import type { RenderedMail } from './render.ts'

export type OutgoingMail = RenderedMail & {
  id: string
  name: string
  language: string
  /** The stored address, one. */
  to: string
  /** The same at each attempt. */
  messageId: string
}

/**
 * A mail as nodemailer takes it. The recipient is an address object, which is never parsed for further addresses.
 * @throws PermanentFailure when that is not one address
 */
export function toMessage(mail: OutgoingMail, from: string): SendMailOptions {
  // nodemailer would rewrite these, and so write to another address than the stored one.
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
