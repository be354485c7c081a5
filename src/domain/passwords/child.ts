// The hashing process: scrypt shares libuv's threads with DNS, files and WebCrypto, so it gets a process of its own.
import * as scryptKdf from 'scrypt-kdf'
import { makeDecoy } from './decoy.ts'

// Its types describe named exports; it has a default one.
const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default

export type Job = { id: number; password: string; against?: Uint8Array | 'decoy' }
export type Result =
  | { id: number; hash: Uint8Array }
  | { id: number; matches: boolean; outdated: boolean; unusable?: string }
  | { id: number; error: string }

// OWASP's equal of 2^17/8/1, with 16 MiB a hash instead of 128 (security 8).
const current = { logN: 14, r: 8, p: 5 }
const maxMemory = 64 * 1024 * 1024
const maxWork = 2 ** 21
const hashBytes = 96

const decoy = makeDecoy(current)

process.on('message', (job: Job) => {
  void work(job)
    .catch((error: unknown) => ({ id: job.id, error: String(error) }))
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())

async function work({ id, password, against }: Job): Promise<Result> {
  if (against === undefined) return { id, hash: await Scrypt.kdf(password, current) }
  const unusable = against === 'decoy' ? undefined : whyUnusable(against)
  if (against === 'decoy' || unusable !== undefined) {
    await Scrypt.verify(decoy, password)
    return { id, matches: false, outdated: false, ...(unusable === undefined ? {} : { unusable }) }
  }
  const { logN, r, p } = Scrypt.viewParams(against)
  const outdated = logN < current.logN || r < current.r || p < current.p
  return { id, matches: await Scrypt.verify(against, password), outdated }
}

/** A row with logN 20 must not take 1 GiB (security 10): a hash that is not worked on matches no password. */
function whyUnusable(hash: Uint8Array): string | undefined {
  if (hash.length !== hashBytes) return `it has ${hash.length} bytes instead of ${hashBytes}`
  const { logN, r, p } = Scrypt.viewParams(hash)
  const isModest = 128 * r * 2 ** logN <= maxMemory && r * p * 2 ** logN <= maxWork
  return isModest && logN > 0 && r > 0 && p > 0 ? undefined : `its parameters are beyond the cap: ${logN}/${r}/${p}`
}
