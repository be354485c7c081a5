// The hashing process: scrypt shares libuv's threads with DNS, files and WebCrypto, so it gets a process of its own.
import * as scryptKdf from 'scrypt-kdf'
import { currentParameters, verifyPassword, type Verified } from './verify.ts'

// Its types describe named exports; it has a default one.
const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default

export type HashJob = { id: number; password: string; against?: Uint8Array | 'decoy' }
export type HashResult = { id: number; hash: Uint8Array } | ({ id: number } & Verified) | { id: number; error: string }

process.on('message', (job: HashJob) => {
  void work(job)
    .catch((error: unknown) => ({ id: job.id, error: String(error) }))
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())

async function work({ id, password, against }: HashJob): Promise<HashResult> {
  if (against === undefined) return { id, hash: await Scrypt.kdf(password, currentParameters) }
  return { id, ...(await verifyPassword(password, against)) }
}
