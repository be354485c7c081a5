import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isDjangoHash, parseDjangoHash } from '../../../src/domain/passwords/djangoHash.ts'
import { PasswordHasher } from '../../../src/domain/passwords/hasher.ts'
import { currentParameters, verifyPassword, workOf } from '../../../src/domain/passwords/verify.ts'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { WorkMeter } from '../../../src/domain/passwords/workMeter.ts'

// Django made these hashes: test/django/make_hashes.py.
const made = JSON.parse(readFileSync(new URL('../../django/hashes.json', import.meta.url), 'utf8')) as {
  password: string
  defaults: string[]
  quick: string[]
  others: string[]
}
const nameOf = (hash: string) => hash.split(/\$[^$]*$|\$(?=[A-Za-z0-9]{20})/)[0] ?? ''

/**
 * Verifies a password, and measures the work in block mixes.
 * @param djangoWork the block mixes that a hash of Django takes; undefined to compute it really
 */
class Machine {
  work = 0
  readonly #meter = new WorkMeter(() => this.work)

  verify(password: string, hash: string, djangoWork?: number) {
    return verifyPassword(password, Buffer.from(hash), {
      meter: this.#meter,
      scryptVerify: (dummy) => {
        this.work += workOf(Scrypt.viewParams(dummy))
        return Promise.resolve(false)
      },
      ...(djangoWork === undefined ? {} : { djangoVerify: () => this.#spend(djangoWork) }),
    })
  }

  #spend(work: number): Promise<boolean> {
    this.work += work
    return Promise.resolve(false)
  }

  /** Returns the work of one verification, in hashes with the current parameters. */
  async measure(hash: string, djangoWork?: number): Promise<number> {
    const before = this.work
    await this.verify('a password', hash, djangoWork)
    return (this.work - before) / current
  }
}

const current = workOf(currentParameters)
const verify = (password: string, hash: string) => new Machine().verify(password, hash)

describe('hashes of Django (security 9, 10, 106)', () => {
  for (const hash of [...made.quick, ...made.defaults]) {
    it(`verify and are outdated: ${nameOf(hash)}`, async () => {
      const right = await verify(made.password, hash)
      const wrong = await verify(`${made.password}.`, hash)
      assert.deepEqual([right.matches, right.outdated], [true, true])
      assert.deepEqual([wrong.matches, wrong.unusable], [false, undefined])
    })
  }

  it('are verified with the password as it was typed', async () => {
    const unusable: string[] = []
    const passwords = new PasswordHasher((reason) => unusable.push(reason))
    try {
      const stored = Buffer.from(made.quick[0] ?? '')
      assert.equal((await passwords.verify(made.password, stored)).matches, true)
      assert.equal((await passwords.verify(made.password.normalize('NFKC'), stored)).matches, false)
      const renewed = await passwords.hash(made.password)
      assert.equal((await passwords.verify(made.password.normalize('NFKC'), renewed)).matches, true)
      assert.deepEqual(unusable, [])
    } finally {
      passwords.stop()
    }
  })

  const quick = made.quick[0] ?? ''
  const assertWork = (actual: number, expected: number) => {
    assert.ok(Math.abs(actual / expected - 1) < 0.01, `${String(actual)} instead of ${String(expected)}`)
  }

  it('cost as much as a current hash', async () => {
    for (const part of [0.01, 0.3, 0.99]) {
      const machine = new Machine()
      await machine.measure('no hash')
      assertWork(await machine.measure(quick, part * current), 1)
    }
  })

  it('cost at least as much as a current hash before scrypt was measured', async () => {
    assertWork(await new Machine().measure(quick, 0.5 * current), 1.5)
  })

  it('of scrypt cost exactly as much as a current hash', async () => {
    assertWork(await new Machine().measure(made.defaults[5] ?? '', current), 1)
  })

  it('make every later verification cost as much as the most costly of them', async () => {
    const machine = new Machine()
    await machine.measure('no hash')
    assertWork(await machine.measure(quick, 2 * current), 2)
    assertWork(await machine.measure('no hash'), 2)
    assertWork(await machine.measure(made.quick[1] ?? '', 0.5 * current), 2)
  })

  it('are measured again and again, so that a disturbed measurement has no effect', async () => {
    const machine = new Machine()
    await machine.measure('no hash')
    for (const work of [0.5, 3, 0.5]) await machine.measure(quick, work * current)
    assertWork(await machine.measure('no hash'), 1)
    assertWork(await machine.measure(quick, 0.5 * current), 1)
  })

  it('are distinguished from hashes of Gatehouse', async () => {
    assert.equal(isDjangoHash(await Scrypt.kdf('x', { logN: 1, r: 1, p: 1 })), false)
    for (const hash of [...made.quick, ...made.defaults]) assert.equal(isDjangoHash(Buffer.from(hash)), true)
    for (const hash of made.others) assert.equal(isDjangoHash(Buffer.from(hash)), false)
  })

  const [pbkdf2 = '', , argon2 = '', , , , bcrypt = '', scrypt = ''] = made.quick
  const changed = (hash: string, from: string, to: string) => {
    assert.ok(hash.includes(from), `${hash} has ${from}`)
    return hash.replace(from, to)
  }
  const refused: [what: string, hash: string, why: RegExp][] = [
    ['PBKDF2 with too many iterations', changed(pbkdf2, '$1000$', '$4000001$'), /cap for pbkdf2_sha256/],
    ['PBKDF2 without iterations', changed(pbkdf2, '$1000$', '$0$'), /cap/],
    ['PBKDF2 with a hash of another length', pbkdf2.slice(0, -8), /not a hash of pbkdf2_sha256/],
    ['PBKDF2 with text that is not base64', `${pbkdf2.slice(0, -4)}**==`, /not a hash of/],
    ['Argon2 with too much memory', changed(argon2, 'm=512', 'm=131073'), /cap for argon2/],
    ['Argon2 with too many passes', changed(argon2, 'm=512,t=2', 'm=131072,t=9'), /cap/],
    ['Argon2 with too many lanes', changed(argon2, 'p=2', 'p=17'), /cap/],
    ['Argon2 without passes', changed(argon2, 't=2', 't=0'), /cap/],
    ['Argon2 of version 16', changed(argon2, 'v=19', 'v=16'), /not a hash of argon2/],
    ['bcrypt with too many rounds', changed(bcrypt, '$04$', '$15$'), /cap for bcrypt/],
    ['bcrypt with too few rounds', changed(bcrypt, '$04$', '$03$'), /cap/],
    ['bcrypt that is truncated', bcrypt.slice(0, -1), /not a hash of bcrypt/],
    ['scrypt with too much memory', changed(scrypt, '$1024$', '$65536$'), /cap for scrypt/],
    ['scrypt with too much work', changed(scrypt, '$8$1$', '$8$257$'), /cap/],
    ['scrypt with a cost that is no power of two', changed(scrypt, '$1024$', '$1023$'), /cap/],
    ['scrypt with a hash of another length', scrypt.slice(0, -8), /not a hash of scrypt/],
    ['a hash of 513 characters', changed(pbkdf2, '$1000$', `$1000$${'x'.repeat(450)}`), /not a hash of/],
  ]
  for (const [what, hash, why] of refused) {
    it(`are refused before any of their work: ${what}`, async () => {
      const machine = new Machine()
      const { matches, unusable = '' } = await machine.verify(made.password, hash)
      assert.equal(matches, false)
      assert.match(unusable, why)
      assert.equal(machine.work, current)
    })
  }

  it('of other hashers are not supported', () => {
    for (const hash of made.others) assert.deepEqual(parseDjangoHash(hash), { unusable: 'its hasher is not supported' })
  })
})
