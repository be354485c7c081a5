import { readMail as readSandboxMail, type SandboxMail } from '../../src/sandbox/mailbox.ts'

/** A mail. `link` and `code` are empty if the mail contains none. */
export type ReceivedMail = { [Member in keyof SandboxMail]: string }

export async function readMail(file: string): Promise<ReceivedMail> {
  const { link, code, ...mail } = await readSandboxMail(file)
  return { ...mail, link: link ?? '', code: code ?? '' }
}
