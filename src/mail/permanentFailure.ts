/** The error of a mail that no further attempt can deliver. */
export class PermanentFailure extends Error {}

// These SMTP replies concern the account of this service at the mail server, or the order of commands, and not the
// mail.
const notAboutTheMail = new Set([503, 530, 534, 535, 538])

/** Whether another attempt is useless: the server refused the sender, recipient or content permanently (5xx). */
export function isPermanent(error: unknown): boolean {
  if (error instanceof PermanentFailure) return true
  if (!(error instanceof Error) || !('responseCode' in error) || !('code' in error)) return false
  const { code, responseCode } = error
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false
  return (
    typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600 && !notAboutTheMail.has(responseCode)
  )
}
