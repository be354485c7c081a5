import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { PasswordHasher } from '../../../src/domain/passwords/hasher.ts'
import { makeDecoy } from '../../../src/domain/passwords/decoy.ts'
import { Problem } from '../../../src/problems.ts'

describe('passwords', () => {
  const told: string[] = []
  let passwords: PasswordHasher

  before(() => {
    passwords = new PasswordHasher((reason) => told.push(reason))
  })
  after(() => {
    passwords.stop()
  })
  beforeEach(() => {
    told.length = 0
  })

  /** A hash whose header, checksum included, says other parameters than it was made with. */
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

  it('hashes by scrypt 2^14/8/5, salted (security 8)', async () => {
    const [one, two] = await Promise.all([passwords.hash('12345678'), passwords.hash('12345678')])
    assert.deepEqual(Scrypt.viewParams(one), { logN: 14, r: 8, p: 5 })
    assert.notDeepEqual(one, two)
    assert.deepEqual(await passwords.verify('12345678', one), { matches: true, outdated: false })
    assert.deepEqual(await passwords.verify('12345679', one), { matches: false, outdated: false })
  })

  it('counts every character, the last of 256 and a trailing space too (security 2, 4)', async () => {
    const long = `${'x'.repeat(255)} `
    const hash = await passwords.hash(long)
    assert.equal((await passwords.verify(`${'x'.repeat(255)}y`, hash)).matches, false)
    assert.equal((await passwords.verify(long.trim(), hash)).matches, false)
  })

  it('takes a password in NFD for the same one in NFC (security 5)', async () => {
    const hash = await passwords.hash('Ångström ﬁ'.normalize('NFC'))
    assert.equal((await passwords.verify('Ångström fi'.normalize('NFD'), hash)).matches, true)
  })

  it('matches nothing without a hash (security 13)', async () => {
    assert.deepEqual(await passwords.verify('12345678', undefined), { matches: false, outdated: false })
    assert.deepEqual(told, [])
  })

  it('has a decoy of the same work: scrypt-kdf takes its header and checksum for those of a real hash (security 13)', async () => {
    const parameters = { logN: 14, r: 8, p: 5 }
    const decoy = makeDecoy(parameters)
    const header = (hash: Uint8Array) => Buffer.from(hash.subarray(0, 16)).toString('hex')
    const real = await passwords.hash('12345678')
    assert.deepEqual([decoy.length, header(decoy)], [real.length, header(real)])
    for (const hash of [real, decoy]) {
      const checksum = createHash('sha256').update(hash.subarray(0, 48)).digest().subarray(0, 16)
      assert.deepEqual(Buffer.from(hash.subarray(48, 64)), checksum)
    }
    assert.notDeepEqual(decoy.subarray(16), makeDecoy(parameters).subarray(16))
  })

  for (const [logN, r, p] of [
    [13, 8, 5],
    [14, 1, 5],
    [14, 8, 1],
  ] as const) {
    it(`calls 2^${logN}/${r}/${p} outdated (security 9)`, async () => {
      const hash = await Scrypt.kdf('12345678', { logN, r, p })
      assert.deepEqual(await passwords.verify('12345678', hash), { matches: true, outdated: true })
    })
  }

  it('works on no hash beyond the cap, even with the right password (security 10)', async () => {
    const hash = await Scrypt.kdf('12345678', { logN: 10, r: 8, p: 300 })
    assert.equal((await passwords.verify('12345678', hash)).matches, false)
    assert.match(told.join(), /beyond the cap: 10\/8\/300/)
  })

  for (const [logN, r, p] of [
    [20, 8, 1],
    [255, 8, 1],
    [10, 2 ** 20, 1],
    [14, 0, 5],
  ] as const) {
    it(`refuses a stored 2^${logN}/${r}/${p} at once, tells it, and goes on (security 10)`, async () => {
      const hash = await withParameters(logN, r, p)
      const began = performance.now()
      assert.equal((await passwords.verify('12345678', hash)).matches, false)
      const took = performance.now() - began
      // Hashing has the lowest priority: where the machine is busy, any work on a good hash takes as long.
      assert.ok(took < 3000 || took < 5 * (await timeOfWork()))
      assert.match(told.join(), /beyond the cap/)
    })
  }

  it('refuses what is no hash at all', async () => {
    assert.equal((await passwords.verify('12345678', Buffer.from('md5$x$y'))).matches, false)
    assert.match(told.join(), /7 bytes/)
  })

  it('takes as long for an outdated hash as for no hash (security 106)', async () => {
    const outdated = await Scrypt.kdf('12345678', { logN: 10, r: 8, p: 1 })
    const timeOf = async (hash: Uint8Array | undefined) => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const began = performance.now()
        await passwords.verify('12345679', hash)
        times.push(performance.now() - began)
      }
      return Math.min(...times) // what else the machine does only adds to it
    }
    const [unknown, present] = [await timeOf(undefined), await timeOf(outdated)]
    assert.ok(present > unknown / 3 && present < unknown * 3, `${present} ms instead of ${unknown} ms`)
  })

  it('has a bounded queue: beyond it, unavailable (security 61)', async () => {
    const cheap = await Scrypt.kdf('12345678', { logN: 1, r: 1, p: 1 })
    const leaving = new AbortController()
    const requester = { client: { ipAddress: '192.0.2.1' }, signal: leaving.signal }
    const answers = Array.from({ length: 300 }, () => passwords.verify('12345678', cheap, requester))
    const settled = Promise.allSettled(answers)
    await new Promise(setImmediate)
    leaving.abort() // those that wait need not be checked
    const errors = (await settled).flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
    const refusals = errors.filter((error) => error instanceof Problem && /full/.test(String(error.cause)))
    assert.ok(refusals.length >= 100 && refusals.length < 200, `${refusals.length} refusals`)
    assert.ok(errors.every((error) => error instanceof Problem && error.code === 'unavailable'))
    assert.equal((await passwords.verify('12345678', cheap)).matches, true)
  })
})
