import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isDjangoHash, parseDjangoHash } from '../../../src/domain/passwords/djangoHash.ts'
import { PasswordHasher } from '../../../src/domain/passwords/hasher.ts'
import { currentParameters, verifyPassword, workOf } from '../../../src/domain/passwords/verify.ts'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'

// Django made these hashes: test/django/make_hashes.py.
const made = JSON.parse(readFileSync(new URL('../../django/hashes.json', import.meta.url), 'utf8')) as {
  password: string
  defaults: string[]
  quick: string[]
  others: string[]
}
const nameOf = (hash: string) => hash.split(/\$[^$]*$|\$(?=[A-Za-z0-9]{20})/)[0] ?? ''

/** Verifies a password, and measures the work in block mixes. A hash of Django counts as `djangoWork`. */
async function verify(password: string, hash: string, { djangoWork = 1, floor = { work: 0 } } = {}) {
  let work = 0
  const verification = await verifyPassword(password, Buffer.from(hash), {
    floor,
    scryptVerify(dummy) {
      work += workOf(Scrypt.viewParams(dummy))
      return Promise.resolve(false)
    },
    workOfDjangoHash() {
      work += djangoWork
      return Promise.resolve(djangoWork)
    },
  })
  return { ...verification, work }
}

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

  const current = workOf(currentParameters)
  const quick = made.quick[0] ?? ''

  it('cost as much as a current hash, whether or not the password is right', async () => {
    for (const password of [made.password, 'a wrong password']) {
      const { work } = await verify(password, quick, { djangoWork: 100_000 })
      assert.ok(Math.abs(work / current - 1) < 0.01, String(work / current))
    }
  })

  it('make every later verification cost as much as the most costly of them', async () => {
    const floor = { work: 0 }
    assert.equal((await verify('x', quick, { djangoWork: 2 * current, floor })).work, 2 * current)
    assert.equal((await verify('x', 'no hash', { floor })).work, 2 * current)
    assert.equal((await verify('x', quick, { djangoWork: current, floor })).work, 2 * current)
  })

  it('are told from hashes of Gatehouse', async () => {
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
      const { matches, unusable = '', work } = await verify(made.password, hash)
      assert.equal(matches, false)
      assert.match(unusable, why)
      assert.equal(work, current)
    })
  }

  it('of other hashers are not supported', () => {
    for (const hash of made.others) assert.deepEqual(parseDjangoHash(hash), { unusable: 'its hasher is not supported' })
  })
})
