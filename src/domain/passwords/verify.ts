import { createHash } from 'node:crypto'
import { Scrypt } from './scrypt.ts'
import { makeDecoy } from './decoy.ts'

export type Parameters = { logN: number; r: number; p: number }
export type Verified = { matches: boolean; outdated: boolean; unusable?: string }

// OWASP's equal of 2^17/8/1, with 16 MiB a hash instead of 128 (security 8).
export const current: Parameters = { logN: 14, r: 8, p: 5 }
const maxMemory = 64 * 1024 * 1024
const maxWork = 2 ** 21
const hashBytes = 96

const decoy = makeDecoy(current)

/**
 * Verifies a password by the work of one current hash, whatever is stored: nothing, a hash with outdated parameters or one that cannot
 * be used. No answer is faster than that for an unknown address (security 13, 106).
 * @param check scrypt's verification, which a test replaces by one that counts its work
 */
export async function verifyPassword(
  password: string,
  stored: Uint8Array | 'decoy',
  check: (hash: Uint8Array, password: string) => Promise<boolean> = (hash, given) => Scrypt.verify(hash, given),
): Promise<Verified> {
  const unusable = stored === 'decoy' ? undefined : whyUnusable(stored)
  if (stored === 'decoy' || unusable !== undefined) {
    await check(decoy, password)
    return { matches: false, outdated: false, ...(unusable === undefined ? {} : { unusable }) }
  }
  const parameters = Scrypt.viewParams(stored)
  const { logN, r, p } = parameters
  const matches = await check(stored, password)
  for (const rest of split(workOf(current) - workOf(parameters))) await check(makeDecoy(rest), password)
  return { matches, outdated: logN < current.logN || r < current.r || p < current.p }
}

export function workOf({ logN, r, p }: Parameters): number {
  return 2 ** logN * r * p
}

/** Parameters whose work adds up to this, to 1 %: as much of it as possible with the memory of a current hash, for equal work on less of it is faster. */
function split(work: number): Parameters[] {
  const [coarse, fine] = [
    { ...current, p: 1 },
    { ...current, logN: 10, p: 1 },
  ]
  const p = Math.max(0, Math.floor(work / workOf(coarse)))
  const rest = Math.max(0, Math.round((work - p * workOf(coarse)) / workOf(fine)))
  return [
    { ...coarse, p },
    { ...fine, p: rest },
  ].filter((parameters) => parameters.p > 0)
}

/** A row with logN 20 must not take 1 GiB (security 10): a hash that is not computed matches no password. */
function whyUnusable(hash: Uint8Array): string | undefined {
  if (hash.length !== hashBytes) return `it has ${hash.length} bytes instead of ${hashBytes}`
  const checksum = createHash('sha256').update(hash.subarray(0, 48)).digest().subarray(0, 16)
  if (Buffer.compare(checksum, hash.subarray(48, 64)) !== 0) return 'its checksum is wrong'
  const { logN, r, p } = Scrypt.viewParams(hash)
  const isModest = 128 * r * Math.max(2 ** logN, p) <= maxMemory && workOf({ logN, r, p }) <= maxWork
  if (!isModest || logN === 0 || r === 0 || p === 0) return `its parameters are beyond the cap: ${logN}/${r}/${p}`
  return logN < 16 * r ? undefined : `scrypt does not know its parameters: ${logN}/${r}/${p}` // RFC 7914, 2
}
