import { Scrypt } from './scrypt.ts'
import { currentParameters, verifyPassword, type ScryptParameters, type Verification } from './verify.ts'
import { WorkMeter } from './workMeter.ts'

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

const meter = new WorkMeter()

/**
 * Runs a task in this process.
 * @param parameters the parameters of new hashes, which also determine the work of a verification
 */
export async function runHashTask(
  task: HashTask,
  parameters: ScryptParameters = currentParameters,
): Promise<HashOutcome> {
  if ('storedHash' in task) {
    // Tests run several services with different parameters in one process.
    const options = parameters === currentParameters ? { parameters, meter } : { parameters }
    return verifyPassword(task.password, task.storedHash, options)
  }
  return { hash: await Scrypt.kdf(task.password, parameters) }
}
