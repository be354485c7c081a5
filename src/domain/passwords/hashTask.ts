import { Scrypt } from './scrypt.ts'
import { currentParameters, verifyPassword, type ScryptParameters, type Verification } from './verify.ts'

/** Hashes a password, or verifies it against a stored hash; `storedHash` is null if there is none. */
export type HashTask = { password: string } | { password: string; storedHash: Uint8Array | null }
export type HashOutcome = { hash: Uint8Array } | Verification

export type HashRunner = {
  /** @throws Problem unavailable if the task was lost */
  run(task: HashTask): Promise<HashOutcome>
  stop(): void
}

/** @param parameters of new hashes, and of the work that a verification takes */
export async function runHashTask(
  task: HashTask,
  parameters: ScryptParameters = currentParameters,
): Promise<HashOutcome> {
  if ('storedHash' in task) return verifyPassword(task.password, task.storedHash, { parameters })
  return { hash: await Scrypt.kdf(task.password, parameters) }
}
