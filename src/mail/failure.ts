/** A mail that no further attempt would deliver. */
export class PermanentFailure extends Error {}

// What is wrong with this service's account at the server, or with the order of commands, is no verdict on the mail.
const notAboutTheMail = new Set([503, 530, 534, 535, 538])

/** Whether trying the same mail again is of no use: the server refused its sender, recipient or content for good (5xx). */
export function isPermanent(error: unknown): boolean {
  if (error instanceof PermanentFailure) return true
  if (!(error instanceof Error) || !('responseCode' in error) || !('code' in error)) return false
  const { code, responseCode } = error
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false
  return (
    typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600 && !notAboutTheMail.has(responseCode)
  )
}
