import { randomBytes } from 'node:crypto'
import { isDjangoHash } from '../domain/passwords/djangoHash.ts'
import { Scrypt } from '../domain/passwords/scrypt.ts'

/**
 * Writes a stored hash as Django keeps it. A hash that Django made stays as it is. A hash of Gatehouse becomes text of
 * 113 characters, because the column of Django has 128. `docs/django/gatehouse_hasher.py` verifies it. The text omits
 * what follows from the rest: the format's name and the checksum.
 */
export function toDjangoPassword(storedHash: Uint8Array): string {
  const hash = Buffer.from(storedHash)
  if (isDjangoHash(hash)) return hash.toString('latin1')
  const { logN, r, p } = Scrypt.viewParams(hash)
  const [salt, mac] = [hash.subarray(16, 48), hash.subarray(64, 96)]
  return ['gatehouse_scrypt', logN, r, p, salt.toString('base64'), mac.toString('base64')].join('$')
}

/** Makes the text that Django stores for a user without a password. It is random, as that of make_password(None). */
export function makeUnusablePassword(): string {
  return `!${randomBytes(30).toString('base64url')}`
}
