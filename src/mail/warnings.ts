import type { Transport } from './transport.ts'

/** Prints warnings about the mail server, which may answer late. */
export async function warnOfMail(
  mail: Transport,
  production: boolean,
  warn: (sentence: string) => void,
): Promise<void> {
  const warnings = [production ? await mail.findProblem() : undefined, await mail.findLimitation()]
  for (const warning of warnings) if (warning !== undefined) warn(warning)
}
