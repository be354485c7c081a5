import type { ParsedMail } from 'mailparser'

/** What a delivery status notification says about one of our mails. */
export type DeliveryReport = { mailId: string; status: string; diagnostic: string }

const messageId = /^message-id:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^>\s]+>/im

/**
 * Reads the notification (RFC 3464) of a permanent failure.
 * @returns undefined if the message is no such notification, or names no Message-ID of this service
 */
export async function readDeliveryReport(message: Buffer): Promise<DeliveryReport | undefined> {
  const { simpleParser } = await import('mailparser')
  // The type of the options lacks keepDeliveryStatus.
  const options = { keepDeliveryStatus: true, skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true }
  const parsed = await simpleParser(message, options)
  const type = parsed.headers.get('content-type') as { value?: string } | undefined
  if (type?.value !== 'multipart/report') return undefined
  const fields = unfold(findPart(parsed, /^message\/delivery-status$/))
  const original = unfold(findPart(parsed, /^(message|text)\/rfc822(-headers)?$/))
  const mailId = messageId.exec(original)?.[1]
  const status = /^status:\s*(5\.\d{1,3}\.\d{1,3})\b/im.exec(fields)?.[1]
  if (mailId === undefined || status === undefined || !/^action:\s*failed\s*$/im.test(fields)) return undefined
  return { mailId, status, diagnostic: /^diagnostic-code:\s*(?:smtp;\s*)?(.*)$/im.exec(fields)?.[1]?.trim() ?? '' }
}

function findPart({ attachments }: ParsedMail, type: RegExp): string {
  return attachments.find(({ contentType }) => type.test(contentType))?.content.toString('utf8') ?? ''
}

/** Joins the lines of header fields that are continued (RFC 5322, 2.2.3). */
function unfold(text: string): string {
  return text.replace(/\r?\n[ \t]+/g, ' ')
}
