// The hashing process: scrypt shares libuv's threads with DNS, files and WebCrypto, so it gets a process of its own.
import { Scrypt } from './scrypt.ts'
import { current, verifyPassword, type Verified } from './verify.ts'

export type Job = { id: number; password: string; against?: Uint8Array | 'decoy' }
export type Result = { id: number; hash: Uint8Array } | ({ id: number } & Verified) | { id: number; error: string }

process.on('message', (job: Job) => {
  void work(job)
    .catch((error: unknown) => ({ id: job.id, error: String(error) }))
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())

async function work({ id, password, against }: Job): Promise<Result> {
  if (against === undefined) return { id, hash: await Scrypt.kdf(password, current) }
  return { id, ...(await verifyPassword(password, against)) }
}
