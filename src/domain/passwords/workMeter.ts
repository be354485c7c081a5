import type { DjangoHash } from './djangoHash.ts'

type Hasher = DjangoHash['hasher']

/**
 * How many of the latest times of a hasher are taken into account. Their median is not affected by a few disturbed
 * ones.
 */
const maxTimes = 15

/**
 * Measures how much work a hash of Django is, compared with scrypt. The unit is a block mix of scrypt. The rates come
 * from the times of the latest verifications, so that they follow the machine and its load.
 */
export class WorkMeter {
  readonly #now: () => number
  /** The latest times that one step of each hasher took, in milliseconds. */
  readonly #times = new Map<Hasher, number[]>()
  readonly #mostSteps = new Map<Hasher, number>()

  /** @param now the clock in milliseconds, which tests replace */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Runs the work of a hash and remembers its time. */
  async measure<Result>(hasher: Hasher, steps: number, work: () => Promise<Result>): Promise<Result> {
    const began = this.#now()
    const result = await work()
    const times = this.#times.get(hasher) ?? []
    times.push((this.#now() - began) / steps)
    this.#times.set(hasher, times.slice(-maxTimes))
    return result
  }

  /** Runs the verification of a hash of Django, and remembers its time and its work for `floor`. */
  async measureDjango(hash: DjangoHash, verify: () => Promise<boolean>): Promise<boolean> {
    const steps = stepsOf(hash)
    this.#mostSteps.set(hash.hasher, Math.max(this.#mostSteps.get(hash.hasher) ?? 0, steps))
    return this.measure(hash.hasher, steps, verify)
  }

  /** Returns the block mixes that take as long as a hash, or 0 as long as no hash of scrypt was measured. */
  workOf(hash: DjangoHash): number {
    return this.#toBlockMixes(hash.hasher, stepsOf(hash))
  }

  /** The work of the most costly hash of Django that was verified. */
  get floor(): number {
    return Math.max(0, ...[...this.#mostSteps].map(([hasher, steps]) => this.#toBlockMixes(hasher, steps)))
  }

  #toBlockMixes(hasher: Hasher, steps: number): number {
    if (hasher === 'scrypt') return steps
    const [step, blockMix] = [median(this.#times.get(hasher)), median(this.#times.get('scrypt'))]
    return step === undefined || blockMix === undefined || blockMix === 0 ? 0 : (steps * step) / blockMix
  }
}

/** Returns the number of steps of a hash. The time of a hash is proportional to this number. */
export function stepsOf(hash: DjangoHash): number {
  if (hash.hasher === 'argon2') return hash.memory * hash.passes
  if (hash.hasher === 'scrypt') return hash.cost * hash.blockSize * hash.parallelization
  return 'rounds' in hash ? 2 ** hash.rounds : hash.iterations
}

function median(numbers: readonly number[] = []): number | undefined {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
}
