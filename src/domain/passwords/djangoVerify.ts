import * as crypto from 'node:crypto'
import { promisify } from 'node:util'
import bcrypt from 'bcryptjs'
import { djangoCap, type DjangoHash } from './djangoHash.ts'

const pbkdf2 = promisify(crypto.pbkdf2)
const scrypt = promisify<string, string, number, crypto.ScryptOptions, Buffer>(crypto.scrypt)

/** Verifies a password against a hash of Django. The password is used as it was typed, as Django does. */
export async function verifyDjangoHash(password: string, stored: DjangoHash): Promise<boolean> {
  if ('encoded' in stored) return bcrypt.compare(prehash(password, stored.hasher), stored.encoded)
  return crypto.timingSafeEqual(await compute(password, stored), stored.hash)
}

/** Returns the reason why this version of Node cannot compute a hash, or undefined. */
export function explainMissingSupport({ hasher }: DjangoHash): string | undefined {
  // Node 24.7 added Argon2.
  return hasher === 'argon2' && !('argon2' in crypto) ? 'argon2 needs Node 24.7 or later' : undefined
}

async function compute(password: string, stored: Exclude<DjangoHash, { encoded: string }>): Promise<Buffer> {
  const { length } = stored.hash
  if (stored.hasher === 'scrypt') {
    const { cost, blockSize, parallelization, salt } = stored
    const options = { N: cost, r: blockSize, p: parallelization, maxmem: djangoCap.scryptMemory * 2 }
    return scrypt(password, salt, length, options)
  }
  if (stored.hasher === 'argon2') {
    const { variant, memory, passes, lanes: parallelism, salt: nonce } = stored
    const costs = { memory, passes, parallelism, tagLength: length }
    return promisify(crypto.argon2)(variant, { message: password, nonce, ...costs })
  }
  return pbkdf2(password, stored.salt, stored.iterations, length, stored.hasher.slice('pbkdf2_'.length))
}

/** bcrypt uses 72 bytes of a password. Django's bcrypt_sha256 therefore hashes the hexadecimal SHA-256 of it. */
function prehash(password: string, hasher: 'bcrypt' | 'bcrypt_sha256'): string {
  return hasher === 'bcrypt' ? password : crypto.createHash('sha256').update(password).digest('hex')
}
