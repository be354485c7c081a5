import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { makeDummyHash } from '../../../src/domain/passwords/dummyHash.ts'
import { currentParameters, verifyPassword, workOf } from '../../../src/domain/passwords/verify.ts'

const password = 'correct horse battery'

/** Verifies a password, and measures the work in units of one hash with the current parameters. */
async function measure(given: string, stored: Uint8Array | null) {
  let work = 0
  const scryptVerify = (hash: Uint8Array, text: string) => {
    work += workOf(Scrypt.viewParams(hash))
    // No password matches a dummy hash, so only its work counts here.
    return hash === stored || stored === null ? Scrypt.verify(hash, text) : Promise.resolve(false)
  }
  const verified = await verifyPassword(given, stored, { scryptVerify })
  return { ...verified, work: work / workOf(currentParameters) }
}

const assertOneHash = (work: number) => {
  assert.ok(Math.abs(work - 1) < 0.01, `the work of ${work} hashes`)
}

describe('the computing work of verifying a password (security 106)', () => {
  it('is that of one hash with current parameters for an unknown address', async () => {
    const { matches, work } = await measure(password, null)
    assert.equal(matches, false)
    assert.equal(work, 1)
  })

  // prettier-ignore
  const parameters = [
    [14, 8, 5], [1, 1, 1], [10, 8, 1], [13, 8, 1], [13, 8, 5], [14, 8, 1],
    [14, 8, 4], [14, 1, 5], [15, 8, 1], [16, 8, 1], [12, 16, 3],
  ] as const
  for (const [logN, r, p] of parameters) {
    it(`is that of one current hash for a stored hash with N=2^${logN}, r=${r}, p=${p}`, async () => {
      const stored = await Scrypt.kdf(password, { logN, r, p })
      const [right, wrong] = [await measure(password, stored), await measure(`${password}!`, stored)]
      assert.deepEqual([right.matches, wrong.matches], [true, false])
      for (const { work } of [right, wrong]) assertOneHash(work)
    })
  }

  const withChecksum = (hash: Buffer) => {
    createHash('sha256').update(hash.subarray(0, 48)).digest().copy(hash, 48, 0, 16)
    return hash
  }
  const damaged = () => {
    const hash = Buffer.from(makeDummyHash(currentParameters))
    hash.writeUInt8((hash[20] ?? 0) ^ 1, 20)
    return hash
  }
  const unusable: [what: string, hash: Uint8Array][] = [
    ['an empty value', Buffer.alloc(0)],
    ['a hash of another format', Buffer.from('pbkdf2_sha256$870000$salt$hash')],
    ['a hash of zeros', Buffer.alloc(96)],
    ['a hash of zeros with a checksum', withChecksum(Buffer.alloc(96))],
    ['a damaged hash', damaged()],
    ['parameters beyond the cap', makeDummyHash({ logN: 20, r: 8, p: 1 })],
    ['parameters that take too much memory', makeDummyHash({ logN: 1, r: 1, p: 2 ** 20 })],
    ['parameters that scrypt refuses', makeDummyHash({ logN: 16, r: 1, p: 1 })],
    ['a block size of zero', makeDummyHash({ logN: 14, r: 0, p: 5 })],
  ]
  for (const [what, hash] of unusable) {
    it(`is that of one current hash if the stored hash is unusable: ${what}`, async () => {
      const { matches, outdated, unusable: why, work } = await measure(password, hash)
      assert.deepEqual({ matches, outdated, work }, { matches: false, outdated: false, work: 1 })
      assert.match(why ?? '', /\w/)
    })
  }

  it('is higher if the stored hash has higher parameters', async () => {
    const { matches, outdated, work } = await measure(password, await Scrypt.kdf(password, { logN: 14, r: 8, p: 6 }))
    assert.deepEqual({ matches, outdated, work }, { matches: true, outdated: false, work: 1.2 })
  })
})
