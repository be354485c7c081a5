import { createHash } from 'node:crypto'
import type { DjangoHash } from './djangoHash.ts'
import { verifyDjangoHash } from './djangoVerify.ts'
import { makeDummyHash } from './dummyHash.ts'
import { Scrypt } from './scrypt.ts'

/** The work of a hash, in block mixes of scrypt. */
export type WorkOfDjangoHash = (hash: DjangoHash) => Promise<number>

const rates = new Map<string, Promise<number>>()

/**
 * Estimates the work of a hash of Django in block mixes of scrypt: the number of block mixes that take as long on this
 * machine. Of each hasher a small hash is measured once.
 */
export const measureWork: WorkOfDjangoHash = async (hash) => {
  const probe = probes[hash.hasher]
  const rate = rates.get(hash.hasher) ?? measureRate(probe)
  rates.set(hash.hasher, rate)
  return stepsOf(hash) * (await rate)
}

const probes: Record<DjangoHash['hasher'], DjangoHash> = {
  pbkdf2_sha256: { hasher: 'pbkdf2_sha256', iterations: 50_000, salt: 'probe', hash: Buffer.alloc(32) },
  pbkdf2_sha1: { hasher: 'pbkdf2_sha1', iterations: 50_000, salt: 'probe', hash: Buffer.alloc(20) },
  argon2: {
    ...{ hasher: 'argon2', variant: 'argon2id', memory: 16_384, passes: 1, lanes: 1 },
    ...{ salt: Buffer.from('probe of argon2'), hash: Buffer.alloc(32) },
  },
  bcrypt: { hasher: 'bcrypt', rounds: 8, encoded: `$2b$08$${'.'.repeat(53)}` },
  bcrypt_sha256: { hasher: 'bcrypt_sha256', rounds: 8, encoded: `$2b$08$${'.'.repeat(53)}` },
  scrypt: { hasher: 'scrypt', cost: 2 ** 12, blockSize: 8, parallelization: 1, salt: 'probe', hash: Buffer.alloc(64) },
}

/** Returns the number of steps of a hash. The time of a hash is proportional to this number. */
function stepsOf(hash: DjangoHash): number {
  if (hash.hasher === 'argon2') return hash.memory * hash.passes
  if (hash.hasher === 'scrypt') return hash.cost * hash.blockSize * hash.parallelization
  return 'rounds' in hash ? 2 ** hash.rounds : hash.iterations
}

async function measureRate(probe: DjangoHash): Promise<number> {
  const unit = { logN: 13, r: 8, p: 1 }
  const password = createHash('sha256').update('probe').digest('hex')
  const ratios: number[] = []
  // Each ratio compares two adjacent measurements, and the median leaves out disturbed ones.
  for (let round = 0; round < 5; round++) {
    const step = (await measure(() => verifyDjangoHash(password, probe))) / stepsOf(probe)
    const mix = (await measure(() => Scrypt.verify(makeDummyHash(unit), password))) / (2 ** unit.logN * unit.r * unit.p)
    ratios.push(step / mix)
  }
  return ratios.sort((a, b) => a - b)[2] ?? 0
}

async function measure(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
