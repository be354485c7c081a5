import { findMissingMailbox } from './missingMailbox.ts'

/** The error of a mail that no further attempt can deliver. */
export class PermanentFailure extends Error {}

/**
 * What a failed attempt to send a mail means.
 * - `temporary`: another attempt may deliver the mail.
 * - `mail`: no attempt can deliver this mail. The server refused its recipient or its content permanently (5xx).
 *   `missingMailbox` is the code that says that the recipient has no mailbox.
 * - `service`: the server refuses the service itself, and so other mails as well. The mail waits in the queue, and the
 *   operator has to change something. `hint` says what.
 */
export type Failure =
  { kind: 'temporary' } | { kind: 'mail'; missingMailbox?: string } | { kind: 'service'; hint: string }

const senderHint =
  'The mail server refuses the sender: check DEFAULT_FROM_EMAIL, and the SPF and DKIM records of its domain.'
const credentialsHint = 'The mail server requires other credentials: check EMAIL_HOST_USER and EMAIL_HOST_PASSWORD.'
const tlsHint = 'TLS with the mail server fails: check EMAIL_USE_TLS, EMAIL_USE_SSL and EMAIL_PORT.'
const serverHint = 'The mail server refuses this service: check EMAIL_HOST and EMAIL_PORT, and whom the server serves.'

// Replies about the account of this service at the mail server, or about the order of commands (RFC 4954).
const credentialReplies = new Set([503, 530, 534, 535, 538])

// Mail servers check the sender and the rights of the client only when they know the recipient, so their reply to RCPT
// or DATA may be about the service. These are the texts of Postfix, Exim, Exchange and Gmail.
const aboutSender = /\bsender\b|send as|sendas|authenticat/i
const aboutClient = /\brelay(ing)?( access)? (denied|not)|unable to relay|\bclient host\b/i

// nodemailer reports a refused certificate as a lost connection.
const aboutTls = /\bcertificate\b|\bSSL\b/i

/** Decides from the command that failed, the reply and its text what a failed attempt means. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof PermanentFailure) return { kind: 'mail' }
  const { code, command, reply, enhanced, text } = readReply(error)
  if (code === 'EAUTH') return { kind: 'service', hint: credentialsHint }
  if (code === 'ETLS' || (code === 'ESOCKET' && aboutTls.test(text))) return { kind: 'service', hint: tlsHint }
  if (reply < 500 || reply > 599) return { kind: 'temporary' }
  if (credentialReplies.has(reply)) return { kind: 'service', hint: credentialsHint }
  if (command === 'MAIL FROM' || enhanced === '5.1.7' || enhanced === '5.1.8')
    return { kind: 'service', hint: senderHint }
  if (command !== 'RCPT TO' && command !== 'DATA') return { kind: 'service', hint: serverHint }
  if (isAboutMailbox(enhanced)) return refuseMail(command, text)
  if (aboutClient.test(text)) return { kind: 'service', hint: serverHint }
  return aboutSender.test(text) ? { kind: 'service', hint: senderHint } : refuseMail(command, text)
}

function refuseMail(command: string, text: string): Failure {
  const missingMailbox = command === 'RCPT TO' ? findMissingMailbox(text) : undefined
  return { kind: 'mail', ...(missingMailbox !== undefined && { missingMailbox }) }
}

type Reply = { code: string; command: string; reply: number; enhanced: string | undefined; text: string }

/** Reads what nodemailer knows about a failed command. Email addresses in the text of the reply are left out. */
function readReply(error: unknown): Reply {
  const { code, command, responseCode, response, message } = Object(error) as Record<string, unknown>
  const text = (typeof response === 'string' ? response : typeof message === 'string' ? message : '').slice(0, 1000)
  return {
    code: typeof code === 'string' ? code : '',
    command: typeof command === 'string' ? command : '',
    reply: typeof responseCode === 'number' ? responseCode : 0,
    enhanced: /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1],
    text: text.replace(/\S+@\S+/g, ''),
  }
}

/** Whether an enhanced status code (RFC 3463) is about the recipient's address or mailbox. */
function isAboutMailbox(enhanced: string | undefined): boolean {
  return enhanced !== undefined && /^5\.(1\.\d{1,2}|2\.[0-4])$/.test(enhanced)
}
