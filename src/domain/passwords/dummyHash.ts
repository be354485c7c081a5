import { createHash, randomBytes } from 'node:crypto'

/**
 * Makes a dummy hash in the format of scrypt-kdf, which no password matches. Verifying a password against the dummy
 * hash costs as much as against a real hash with these parameters. So a sign-in to an unknown account takes as long
 * as one to a known account. Making the dummy hash costs almost nothing.
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
