// The enhanced status codes (RFC 3463, RFC 7505) of an address without a mailbox: unknown mailbox, unknown domain,
// invalid address, moved, null MX, disabled mailbox. A full mailbox (5.2.2) and a policy (5.7.x) are not among them.
const missing = /^5\.(1\.(1|2|3|6|10)|2\.1)$/

// Servers without enhanced codes send 550, 551 and 553 also when a policy refuses the mail, or when a mailbox is full.
const missingReplies = ['550', '551', '553']
const otherCause = /spam|block|black|polic|reputation|denied|prohibit|reject|quota|full|verif|relay|sender|authenticat/i

/**
 * Decides whether a permanent refusal of a recipient means that the email address has no mailbox.
 * @param reply the SMTP reply, such as "550 5.1.1 No such user", without email addresses
 * @param status the enhanced status code, if it is known from elsewhere
 * @returns the code that says so, which is the reason of the suppression
 */
export function findMissingMailbox(reply: string, status?: string): string | undefined {
  const [, code = '', inReply] = /^(\d{3})[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?/.exec(reply) ?? []
  const enhanced = status === undefined || status === '5.0.0' ? inReply : status
  if (enhanced !== undefined && enhanced !== '5.0.0') return missing.test(enhanced) ? enhanced : undefined
  return missingReplies.includes(code) && !otherCause.test(reply) ? code : undefined
}
