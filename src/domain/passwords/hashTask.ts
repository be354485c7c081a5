import { Scrypt } from './scrypt.ts'
import { currentParameters, verifyPassword, type ScryptParameters, type Verification } from './verify.ts'

/**
 * A task to hash a password, or to verify a password against a stored hash. `storedHash` is null if the account has
 * none.
 */
export type HashTask = { password: string } | { password: string; storedHash: Uint8Array | null }
export type HashOutcome = { hash: Uint8Array } | Verification

export type HashRunner = {
  /** Runs a task. @throws Problem unavailable if the task was lost */
  run(task: HashTask): Promise<HashOutcome>
  stop(): void
}

/**
 * Runs a task in this process.
 * @param parameters the parameters of new hashes, which also determine the work of a verification
 */
export async function runHashTask(
  task: HashTask,
  parameters: ScryptParameters = currentParameters,
): Promise<HashOutcome> {
  if ('storedHash' in task) return verifyPassword(task.password, task.storedHash, { parameters })
  return { hash: await Scrypt.kdf(task.password, parameters) }
}
