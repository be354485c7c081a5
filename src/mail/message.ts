import type { SendMailOptions } from 'nodemailer/lib/mailer'
import type { MailLogo } from '../brand/logos.ts'
import { logoId } from './layout.ts'
import { PermanentFailure } from './refusal.ts'
import type { RenderedMail } from './render.ts'

export type OutgoingMail = RenderedMail & {
  id: string
  name: string
  language: string
  /** The email address of the only recipient, as it is stored. */
  to: string
  /**
   * The Message-ID, which is the same in each attempt, so that mail readers can recognize a mail that was sent twice.
   */
  messageId: string
}

/**
 * Converts a mail for nodemailer. The recipient is passed as an object, so that nodemailer does not parse the email
 * address, in which it could find several recipients.
 * @throws PermanentFailure when the recipient is not exactly one email address
 */
export function toMessage(mail: OutgoingMail, from: string): SendMailOptions {
  // nodemailer would rewrite an email address with these characters, and the mail would go to another recipient.
  if (/[\p{Cc}\s<>]/u.test(mail.to) || mail.to.split('@').length !== 2) {
    throw new PermanentFailure('The stored address is not one address')
  }
  return {
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    ...(mail.logo && { attachments: [toAttachment(mail.logo)] }),
    messageId: mail.messageId,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'Content-Language': mail.language,
    },
  }
}

function toAttachment({ content }: MailLogo) {
  return { cid: logoId, filename: 'logo.png', content, contentType: 'image/png', contentDisposition: 'inline' } as const
}
