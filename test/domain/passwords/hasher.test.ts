import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { PasswordHasher } from '../../../src/domain/passwords/hasher.ts'
import { makeDummyHash } from '../../../src/domain/passwords/dummyHash.ts'
import { Problem } from '../../../src/problems.ts'

describe('PasswordHasher', () => {
  const reported: string[] = []
  let passwords: PasswordHasher

  before(() => {
    passwords = new PasswordHasher((reason) => reported.push(reason))
  })
  after(() => {
    passwords.stop()
  })
  beforeEach(() => {
    reported.length = 0
  })

  /** Returns a hash whose header claims other parameters than those it was made with. Its checksum is valid. */
  const withParameters = async (logN: number, r: number, p: number) => {
    const hash = Buffer.from(await Scrypt.kdf('x', { logN: 1, r: 1, p: 1 }))
    hash.writeUInt8(logN, 7)
    hash.writeUInt32BE(r, 8)
    hash.writeUInt32BE(p, 12)
    createHash('sha256').update(hash.subarray(0, 48)).digest().copy(hash, 48, 0, 16)
    return hash
  }

  const timeOfWork = async () => {
    const began = performance.now()
    await passwords.verify('12345678', undefined)
    return performance.now() - began
  }

  describe('hashing (security 2, 4, 5, 8)', () => {
    it('uses scrypt with N=2^14, r=8, p=5 and a salt', async () => {
      const [one, two] = await Promise.all([passwords.hash('12345678'), passwords.hash('12345678')])
      assert.deepEqual(Scrypt.viewParams(one), { logN: 14, r: 8, p: 5 })
      assert.notDeepEqual(one, two)
      assert.deepEqual(await passwords.verify('12345678', one), { matches: true, outdated: false })
      assert.deepEqual(await passwords.verify('12345679', one), { matches: false, outdated: false })
    })

    it('takes every character into account, including the last of 256 and a space', async () => {
      const long = `${'x'.repeat(255)} `
      const hash = await passwords.hash(long)
      assert.equal((await passwords.verify(`${'x'.repeat(255)}y`, hash)).matches, false)
      assert.equal((await passwords.verify(long.trim(), hash)).matches, false)
    })

    it('treats the NFD and NFC forms of a password as equal', async () => {
      const hash = await passwords.hash('Ångström ﬁ'.normalize('NFC'))
      assert.equal((await passwords.verify('Ångström fi'.normalize('NFD'), hash)).matches, true)
    })
  })

  describe('verification without a usable hash (security 10, 13)', () => {
    it('fails if there is no hash', async () => {
      assert.deepEqual(await passwords.verify('12345678', undefined), { matches: false, outdated: false })
      assert.deepEqual(reported, [])
    })

    it('hashes with a dummy that has the header and checksum of a real hash', async () => {
      const parameters = { logN: 14, r: 8, p: 5 }
      const dummyHash = makeDummyHash(parameters)
      const header = (hash: Uint8Array) => Buffer.from(hash.subarray(0, 16)).toString('hex')
      const real = await passwords.hash('12345678')
      assert.deepEqual([dummyHash.length, header(dummyHash)], [real.length, header(real)])
      for (const hash of [real, dummyHash]) {
        const checksum = createHash('sha256').update(hash.subarray(0, 48)).digest().subarray(0, 16)
        assert.deepEqual(Buffer.from(hash.subarray(48, 64)), checksum)
      }
      assert.notDeepEqual(dummyHash.subarray(16), makeDummyHash(parameters).subarray(16))
    })

    it('fails if the hash’s parameters are too high, even for the right password', async () => {
      const hash = await Scrypt.kdf('12345678', { logN: 10, r: 8, p: 300 })
      assert.equal((await passwords.verify('12345678', hash)).matches, false)
      assert.match(reported.join(), /beyond the cap: 10\/8\/300/)
    })

    for (const [logN, r, p] of [
      [20, 8, 1],
      [255, 8, 1],
      [10, 2 ** 20, 1],
      [14, 0, 5],
    ] as const) {
      it(`fails at once for a hash with N=2^${logN}, r=${r}, p=${p}, and reports the hash`, async () => {
        const hash = await withParameters(logN, r, p)
        const began = performance.now()
        assert.equal((await passwords.verify('12345678', hash)).matches, false)
        const took = performance.now() - began
        // Hashing has the lowest priority: on a busy machine, even a refusal waits, as verifying a good hash does.
        assert.ok(took < 3000 || took < 5 * (await timeOfWork()))
        assert.match(reported.join(), /beyond the cap/)
      })
    }

    it('fails if the stored value is no hash, and reports it', async () => {
      assert.equal((await passwords.verify('12345678', Buffer.from('md5$x$y'))).matches, false)
      assert.match(reported.join(), /7 bytes/)
    })
  })

  describe('verification with an outdated hash (security 9, 106)', () => {
    for (const [logN, r, p] of [
      [13, 8, 5],
      [14, 1, 5],
      [14, 8, 1],
    ] as const) {
      it(`reports a hash with N=2^${logN}, r=${r}, p=${p} as outdated`, async () => {
        const hash = await Scrypt.kdf('12345678', { logN, r, p })
        assert.deepEqual(await passwords.verify('12345678', hash), { matches: true, outdated: true })
      })
    }

    it('takes about as long as verification without a hash', async () => {
      const outdated = await Scrypt.kdf('12345678', { logN: 10, r: 8, p: 1 })
      let [unknown, present] = [Infinity, Infinity]
      const timeOf = async (hash: Uint8Array | undefined) => {
        const began = performance.now()
        await passwords.verify('12345679', hash)
        return performance.now() - began
      }
      // Other load can only lengthen a time, so the test compares the shortest ones. The two cases alternate.
      for (let round = 0; round < 5; round++) {
        unknown = Math.min(unknown, await timeOf(undefined))
        present = Math.min(present, await timeOf(outdated))
      }
      assert.ok(present > unknown / 3 && present < unknown * 3, `${present} ms instead of ${unknown} ms`)
    })
  })

  describe('the queue of the hasher (security 61)', () => {
    it('throws Problem unavailable if it has no room for another job', async () => {
      const cheap = await Scrypt.kdf('12345678', { logN: 1, r: 1, p: 1 })
      const leaving = new AbortController()
      const requester = { client: { ipAddress: '192.0.2.1' }, signal: leaving.signal }
      const answers = Array.from({ length: 300 }, () => passwords.verify('12345678', cheap, requester))
      const settled = Promise.allSettled(answers)
      await new Promise(setImmediate)
      leaving.abort() // the jobs that still wait need not run
      const errors = (await settled).flatMap((answer) =>
        answer.status === 'rejected' ? [answer.reason as unknown] : [],
      )
      const refusals = errors.filter((error) => error instanceof Problem && /full/.test(String(error.cause)))
      assert.ok(refusals.length >= 100 && refusals.length < 200, `${refusals.length} refusals`)
      assert.ok(errors.every((error) => error instanceof Problem && error.code === 'unavailable'))
      assert.equal((await passwords.verify('12345678', cheap)).matches, true)
    })
  })
})
