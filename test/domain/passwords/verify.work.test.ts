import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { makeDecoy } from '../../../src/domain/passwords/decoy.ts'
import { current, verifyPassword, workOf } from '../../../src/domain/passwords/verify.ts'

const password = 'correct horse battery'

/** What a verification does, in units of the work of one current hash. */
async function measure(given: string, stored: Uint8Array | 'decoy') {
  let work = 0
  const verified = await verifyPassword(given, stored, (hash, text) => {
    work += workOf(Scrypt.viewParams(hash))
    return Scrypt.verify(hash, text)
  })
  return { ...verified, work: work / workOf(current) }
}

const assertOneHash = (work: number) => {
  assert.ok(Math.abs(work - 1) < 0.01, `the work of ${work} hashes`)
}

describe('the work of verifying a password is that of one current hash (security 106)', () => {
  it('for an unknown address', async () => {
    const { matches, work } = await measure(password, 'decoy')
    assert.equal(matches, false)
    assert.equal(work, 1)
  })

  for (const [logN, r, p] of [
    [14, 8, 5],
    [1, 1, 1],
    [10, 8, 1],
    [13, 8, 1],
    [13, 8, 5],
    [14, 8, 1],
    [14, 8, 4],
    [14, 1, 5],
    [15, 8, 1],
    [16, 8, 1],
    [12, 16, 3],
  ] as const) {
    it(`for a hash of 2^${logN}/${r}/${p}, whether or not the password is right`, async () => {
      const stored = await Scrypt.kdf(password, { logN, r, p })
      const [right, wrong] = [await measure(password, stored), await measure(`${password}!`, stored)]
      assert.deepEqual([right.matches, wrong.matches], [true, false])
      for (const { work } of [right, wrong]) assertOneHash(work)
    })
  }

  const sealed = (hash: Buffer) => {
    createHash('sha256').update(hash.subarray(0, 48)).digest().copy(hash, 48, 0, 16)
    return hash
  }
  const damaged = () => {
    const hash = Buffer.from(makeDecoy(current))
    hash.writeUInt8((hash[20] ?? 0) ^ 1, 20)
    return hash
  }
  const unusable: [what: string, hash: Uint8Array][] = [
    ['nothing at all', Buffer.alloc(0)],
    ['another format', Buffer.from('pbkdf2_sha256$870000$salt$hash')],
    ['zeros', Buffer.alloc(96)],
    ['zeros with a checksum', sealed(Buffer.alloc(96))],
    ['a damaged hash', damaged()],
    ['parameters beyond the cap', makeDecoy({ logN: 20, r: 8, p: 1 })],
    ['so many blocks that they take too much memory', makeDecoy({ logN: 1, r: 1, p: 2 ** 20 })],
    ['parameters that scrypt refuses', makeDecoy({ logN: 16, r: 1, p: 1 })],
    ['a block size of zero', makeDecoy({ logN: 14, r: 0, p: 5 })],
  ]
  for (const [what, hash] of unusable) {
    it(`for ${what}, which is reported`, async () => {
      const { matches, outdated, unusable: why, work } = await measure(password, hash)
      assert.deepEqual({ matches, outdated, work }, { matches: false, outdated: false, work: 1 })
      assert.match(why ?? '', /\w/)
    })
  }

  it('but not for a hash with higher parameters, which takes its own time', async () => {
    const { matches, outdated, work } = await measure(password, await Scrypt.kdf(password, { logN: 14, r: 8, p: 6 }))
    assert.deepEqual({ matches, outdated, work }, { matches: true, outdated: false, work: 1.2 })
  })
})
