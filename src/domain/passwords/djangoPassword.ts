import { createHash, randomBytes } from 'node:crypto'
import { isDjangoHash, parseDjangoHash } from './djangoHash.ts'
import { Scrypt } from './scrypt.ts'
import { explainUnusable } from './verify.ts'

/**
 * Writes a stored hash as Django keeps it. A hash that Django made stays as it is. A hash of Gatehouse becomes text of
 * 113 characters, because the column of Django has 128. `docs/django/gatehouse_hasher.py` verifies it. The text omits
 * the parts that can be derived from the rest: the format's name and the checksum.
 */
export function toDjangoPassword(storedHash: Uint8Array): string {
  const hash = Buffer.from(storedHash)
  if (isDjangoHash(hash)) return hash.toString('latin1')
  const { logN, r, p } = Scrypt.viewParams(hash)
  const [salt, mac] = [hash.subarray(16, 48), hash.subarray(64, 96)]
  return ['gatehouse_scrypt', logN, r, p, salt.toString('base64'), mac.toString('base64')].join('$')
}

const exported = /^gatehouse_scrypt\$(\d{1,2})\$(\d{1,9})\$(\d{1,9})\$([A-Za-z\d+/]{43}=)\$([A-Za-z\d+/]{43}=)$/

/**
 * Converts a hash from Django's format to the format in which Gatehouse stores it. A hash that toDjangoPassword has
 * written becomes the hash of Gatehouse again.
 * @returns the reason why the hash cannot be used: its hasher is not supported, it is malformed, or it exceeds the cap
 */
export function fromDjangoPassword(text: string): Uint8Array | { unusable: string } {
  const [, logN, r, p, salt = '', mac = ''] = exported.exec(text) ?? []
  if (logN !== undefined) {
    const hash = joinHash(Number(logN), Number(r), Number(p), salt, mac)
    const unusable = explainUnusable(hash)
    return unusable === undefined ? hash : { unusable }
  }
  const parsed = parseDjangoHash(text)
  return 'unusable' in parsed ? parsed : Buffer.from(text)
}

/** Makes a hash in the format of scrypt-kdf: header, salt, checksum of both, MAC. */
function joinHash(logN: number, r: number, p: number, salt: string, mac: string): Uint8Array {
  const header = Buffer.alloc(16)
  header.write('scrypt\0', 'latin1')
  header.writeUInt8(logN, 7)
  header.writeUInt32BE(r, 8)
  header.writeUInt32BE(p, 12)
  const begin = Buffer.concat([header, Buffer.from(salt, 'base64')])
  const checksum = createHash('sha256').update(begin).digest().subarray(0, 16)
  return Buffer.concat([begin, checksum, Buffer.from(mac, 'base64')])
}

/** Makes the text that Django stores for a user without a password. It is random, as that of make_password(None). */
export function makeUnusablePassword(): string {
  return `!${randomBytes(30).toString('base64url')}`
}
