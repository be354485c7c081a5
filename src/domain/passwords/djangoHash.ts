/**
 * A password hash as Django stores it, parsed. The hashes of Django's six strong hashers are supported: PBKDF2 with
 * SHA-256 and SHA-1, Argon2, bcrypt with and without SHA-256, and scrypt.
 */
export type DjangoHash =
  | { hasher: 'pbkdf2_sha256' | 'pbkdf2_sha1'; iterations: number; salt: string; hash: Buffer }
  | {
      hasher: 'argon2'
      variant: Argon2Variant
      memory: number
      passes: number
      lanes: number
      salt: Buffer
      hash: Buffer
    }
  | { hasher: 'bcrypt' | 'bcrypt_sha256'; rounds: number; encoded: string }
  | { hasher: 'scrypt'; cost: number; blockSize: number; parallelization: number; salt: string; hash: Buffer }

export type Argon2Variant = 'argon2d' | 'argon2i' | 'argon2id'

/**
 * The most work that a hash may cost, so that an imported hash cannot occupy the hashing process (security 10). Each
 * limit is several times the default of Django 5.2.
 */
export const djangoCap = {
  iterations: 4_000_000,
  /** Argon2: memory in KiB, and memory multiplied by passes. */
  memory: 131_072,
  memoryPasses: 1_048_576,
  lanes: 16,
  rounds: 14,
  /** scrypt: memory in bytes, and block mixes. */
  scryptMemory: 64 * 1024 * 1024,
  blockMixes: 2 ** 21,
}

const known = /^(?:pbkdf2_sha256|pbkdf2_sha1|argon2|bcrypt_sha256|bcrypt|scrypt)\$/

/** Checks whether a stored hash names one of Django's hashers. A hash of Gatehouse begins with `scrypt` and NUL. */
export function isDjangoHash(storedHash: Uint8Array): boolean {
  return known.test(Buffer.from(storedHash.subarray(0, 20)).toString('latin1'))
}

/**
 * Parses a hash of one of Django's hashers.
 * @returns the reason why the hash cannot be used: its hasher is not supported, it is malformed, or it exceeds the cap
 */
export function parseDjangoHash(text: string): DjangoHash | { unusable: string } {
  const hasher = text.split('$', 1)[0] ?? ''
  const parser = known.test(text) ? parsers[hasher as DjangoHash['hasher']] : undefined
  if (!parser) return { unusable: 'its hasher is not supported' }
  const hash = text.length > 512 ? undefined : parser(text)
  if (!hash) return { unusable: `it is not a hash of ${hasher}` }
  return isModest(hash) ? hash : { unusable: `its parameters are beyond the cap for ${hasher}` }
}

const parsers: Record<DjangoHash['hasher'], (text: string) => DjangoHash | undefined> = {
  pbkdf2_sha256: (text) => parsePbkdf2(text, 'pbkdf2_sha256', 32),
  pbkdf2_sha1: (text) => parsePbkdf2(text, 'pbkdf2_sha1', 20),
  argon2: parseArgon2,
  bcrypt: (text) => parseBcrypt(text, 'bcrypt'),
  bcrypt_sha256: (text) => parseBcrypt(text, 'bcrypt_sha256'),
  scrypt: parseScrypt,
}

function parsePbkdf2(text: string, hasher: 'pbkdf2_sha256' | 'pbkdf2_sha1', length: number): DjangoHash | undefined {
  const [, iterations = '', salt = '', encoded = ''] = /^\w+\$(\d{1,9})\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  const hash = decode(encoded, length)
  return hash && { hasher, iterations: Number(iterations), salt, hash }
}

function parseArgon2(text: string): DjangoHash | undefined {
  const phc = /^argon2\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([^$]+)\$([^$]+)$/.exec(text)
  if (!phc) return undefined
  const [, variant, memory, passes, lanes, encodedSalt = '', encoded = ''] = phc
  const [salt, hash] = [decode(encodedSalt), decode(encoded)]
  if (!salt || !hash || salt.length < 8 || hash.length < 4) return undefined // RFC 9106, 3.1
  const costs = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  return { hasher: 'argon2', variant: variant as Argon2Variant, ...costs, salt, hash }
}

function parseBcrypt(text: string, hasher: 'bcrypt' | 'bcrypt_sha256'): DjangoHash | undefined {
  const encoded = text.slice(hasher.length + 1)
  const [, rounds] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(encoded) ?? []
  return rounds === undefined ? undefined : { hasher, rounds: Number(rounds), encoded }
}

function parseScrypt(text: string): DjangoHash | undefined {
  const fields = /^scrypt\$(\d{1,9})\$([^$]+)\$(\d{1,9})\$(\d{1,9})\$([^$]+)$/.exec(text)
  const [, cost, salt = '', blockSize, parallelization, encoded = ''] = fields ?? []
  const hash = decode(encoded, 64)
  if (!hash) return undefined
  const costs = { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization) }
  return { hasher: 'scrypt', ...costs, salt, hash }
}

/** Decodes base64, with or without padding. @returns undefined if the text is malformed or has another length */
function decode(text: string, length?: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) return undefined
  return length === undefined || bytes.length === length ? bytes : undefined
}

function isModest(hash: DjangoHash): boolean {
  const cap = djangoCap
  if (hash.hasher === 'argon2') {
    const { memory, passes, lanes } = hash
    const isWithinCap = memory <= cap.memory && memory * passes <= cap.memoryPasses && lanes <= cap.lanes
    return isWithinCap && passes > 0 && lanes > 0 && memory >= 8 * lanes // RFC 9106, 3.1
  }
  if (hash.hasher === 'scrypt') {
    const { cost, blockSize, parallelization } = hash
    const isPower = cost > 1 && Number.isInteger(Math.log2(cost)) && Math.log2(cost) < 16 * blockSize // RFC 7914, 2
    const isWithinCap = cost * blockSize * parallelization <= cap.blockMixes
    return (
      isPower && parallelization > 0 && isWithinCap && 128 * blockSize * (cost + parallelization) <= cap.scryptMemory
    )
  }
  if ('rounds' in hash) return hash.rounds >= 4 && hash.rounds <= cap.rounds
  return hash.iterations > 0 && hash.iterations <= cap.iterations
}
