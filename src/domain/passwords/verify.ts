import { createHash } from 'node:crypto'
import { isDjangoHash, parseDjangoHash, type DjangoHash } from './djangoHash.ts'
import { explainMissingSupport, verifyDjangoHash } from './djangoVerify.ts'
import { Scrypt } from './scrypt.ts'
import { makeDummyHash } from './dummyHash.ts'
import { WorkMeter } from './workMeter.ts'

export type ScryptParameters = { logN: number; r: number; p: number }
/**
 * The result of a verification. `outdated`: the stored hash has weaker parameters than current hashes and should be
 * replaced. `unusable`: the reason why the stored hash cannot be used.
 */
export type Verification = { matches: boolean; outdated: boolean; unusable?: string }

type ScryptVerify = (hash: Uint8Array, text: string) => Promise<boolean>
type DjangoVerify = (password: string, hash: DjangoHash) => Promise<boolean>
type VerifyOptions = {
  parameters?: ScryptParameters
  meter?: WorkMeter
  scryptVerify?: ScryptVerify
  djangoVerify?: DjangoVerify
}

const scrypt: ScryptVerify = (hash, text) => Scrypt.verify(hash, text)

// OWASP rates these parameters as equal to 2^17/8/1. A hash needs 16 MiB of memory instead of 128 MiB (security 8).
export const currentParameters: ScryptParameters = { logN: 14, r: 8, p: 5 }
const maxMemory = 64 * 1024 * 1024
const maxWork = 2 ** 21
const hashBytes = 96

/**
 * Verifies a password. A verification always does the work of one hash with the current parameters, even if there is
 * no stored hash, or if the stored hash is outdated or unusable. So the time of the reply reveals nothing about an
 * account (security 13, 106). A hash of Django may cost more than a current hash. After the first such hash, every
 * verification does as much work.
 * @param password for a hash of Django the password as it was typed, for other hashes the normalized password
 * @param storedHash null if the account is unknown or has no password
 * @param options.meter measures the work of hashes of Django, and remembers the most costly one
 * @param options.scryptVerify replaces the function of scrypt-kdf, for tests that count the work
 */
export async function verifyPassword(
  password: string,
  storedHash: Uint8Array | null,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { parameters: current = currentParameters, meter = new WorkMeter(), scryptVerify = scrypt } = options
  const hashes: Hashes = {
    // A small hash needs less memory, so that its time says nothing about a current hash.
    scrypt(hash, parameters) {
      const verify = () => scryptVerify(hash, password)
      const steps = workOf(parameters)
      return steps * 2 < workOf(current) ? verify() : meter.measure('scrypt', steps, verify)
    },
    django: (hash) => meter.measureDjango(hash, () => (options.djangoVerify ?? verifyDjangoHash)(password, hash)),
  }
  const { workOfHash, ...verification } = await verifyStored(storedHash, current, hashes)
  const work = typeof workOfHash === 'number' ? workOfHash : meter.workOf(workOfHash)
  const missing = Math.max(workOf(current), meter.floor) - work
  for (const rest of parametersFor(missing, current)) await hashes.scrypt(makeDummyHash(rest), rest)
  return verification
}

/** The functions that do the work. */
type Hashes = {
  scrypt: (hash: Uint8Array, parameters: ScryptParameters) => Promise<boolean>
  django: (hash: DjangoHash) => Promise<boolean>
}
type Verified = Verification & { workOfHash: number | DjangoHash }

async function verifyStored(
  storedHash: Uint8Array | null,
  current: ScryptParameters,
  hashes: Hashes,
): Promise<Verified> {
  const refuse = (unusable: string): Verified => ({ matches: false, outdated: false, unusable, workOfHash: 0 })
  if (storedHash === null) return { matches: false, outdated: false, workOfHash: 0 }
  if (isDjangoHash(storedHash)) {
    const hash = parseDjangoHash(Buffer.from(storedHash).toString('latin1'))
    const reason = 'unusable' in hash ? hash.unusable : explainMissingSupport(hash)
    if ('unusable' in hash || reason !== undefined) return refuse(reason ?? '')
    return { matches: await hashes.django(hash), outdated: true, workOfHash: hash }
  }
  const unusable = explainUnusable(storedHash)
  if (unusable !== undefined) return refuse(unusable)
  const parameters = Scrypt.viewParams(storedHash)
  const { logN, r, p } = parameters
  const outdated = logN < current.logN || r < current.r || p < current.p
  return { matches: await hashes.scrypt(storedHash, parameters), outdated, workOfHash: workOf(parameters) }
}

/** Returns the number of block mixes that a hash costs. The time of a hash is proportional to this number. */
export function workOf({ logN, r, p }: ScryptParameters): number {
  return 2 ** logN * r * p
}

/**
 * Chooses the parameters of hashes whose work adds up to `work`, within 1 %. A hash with the memory of a current hash
 * does as much of the work as possible, because the same work with less memory is faster. A smaller hash does the
 * rest.
 */
function parametersFor(work: number, current: ScryptParameters): ScryptParameters[] {
  const [coarse, fine] = [
    { ...current, p: 1 },
    { ...current, logN: Math.min(10, current.logN), p: 1 },
  ]
  const p = Math.max(0, Math.floor(work / workOf(coarse)))
  const rest = Math.max(0, Math.round((work - p * workOf(coarse)) / workOf(fine)))
  return [
    { ...coarse, p },
    { ...fine, p: rest },
  ].filter((parameters) => parameters.p > 0)
}

/**
 * Returns the reason why a stored hash cannot be used, or undefined. The parameters of the hash are checked before
 * scrypt runs, because a hash with logN 20 would take 1 GiB of memory (security 10).
 */
export function explainUnusable(hash: Uint8Array): string | undefined {
  if (hash.length !== hashBytes) return `it has ${hash.length} bytes instead of ${hashBytes}`
  const checksum = createHash('sha256').update(hash.subarray(0, 48)).digest().subarray(0, 16)
  if (Buffer.compare(checksum, hash.subarray(48, 64)) !== 0) return 'its checksum is wrong'
  const { logN, r, p } = Scrypt.viewParams(hash)
  const isModest = 128 * r * Math.max(2 ** logN, p) <= maxMemory && workOf({ logN, r, p }) <= maxWork
  if (!isModest || logN === 0 || r === 0 || p === 0) return `its parameters are beyond the cap: ${logN}/${r}/${p}`
  return logN < 16 * r ? undefined : `scrypt does not support its parameters: ${logN}/${r}/${p}` // RFC 7914, 2
}
