// The hashing process. scrypt runs in libuv's threads, which DNS, files and WebCrypto also need, so it has its own
// process.
import * as scryptKdf from 'scrypt-kdf'
import { currentParameters, verifyPassword, type Verification } from './verify.ts'

// Its types describe named exports; it has a default one.
const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default

/** Hashes a password, or verifies it against a stored hash; `storedHash` is null if there is none. */
export type HashTask = { password: string } | { password: string; storedHash: Uint8Array | null }
export type HashJob = HashTask & { id: number }
export type HashResult = { id: number } & ({ hash: Uint8Array } | Verification | { error: string })

process.on('message', (job: HashJob) => {
  void work(job)
    .catch((error: unknown) => ({ id: job.id, error: String(error) }))
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())

async function work(job: HashJob): Promise<HashResult> {
  const { id, password } = job
  if ('storedHash' in job) return { id, ...(await verifyPassword(password, job.storedHash)) }
  return { id, hash: await Scrypt.kdf(password, currentParameters) }
}
