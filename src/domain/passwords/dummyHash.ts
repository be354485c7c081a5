import { createHash, randomBytes } from 'node:crypto'

/**
 * A hash in the format of scrypt-kdf that no password matches. Verifying it is the work of any other; making it is none, so that
 * no start computes one.
 */
export function makeDummyHash({ logN, r, p }: { logN: number; r: number; p: number }): Uint8Array {
  const hash = randomBytes(96)
  hash.write('scrypt\0')
  hash.writeUInt8(logN, 7)
  hash.writeUInt32BE(r, 8)
  hash.writeUInt32BE(p, 12)
  createHash('sha256').update(hash.subarray(0, 48)).digest().copy(hash, 48, 0, 16)
  return hash
}
