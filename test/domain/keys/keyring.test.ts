import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { calculateJwkThumbprint } from 'jose'
import { createDatabase, type Database, type DatabaseHandle } from '../../../src/db/database.ts'
import { Clock } from '../../../src/domain/clock.ts'
import { rotateKeys } from '../../../src/domain/keys/rotation.ts'
import { Keyring } from '../../../src/domain/keys/keyring.ts'
import { deriveSecrets } from '../../../src/domain/keys/secrets.ts'
import { Problem, StartError } from '../../../src/problems.ts'
import { createTestDatabase, query } from '../../support/database.ts'

describe('the keyring (security 51, 52)', () => {
  const secrets = deriveSecrets('a secret key for this test, long enough')
  let database: { url: string; drop(): Promise<void> }
  let db: DatabaseHandle

  before(async () => {
    database = await createTestDatabase()
    db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(database.url)
  })
  after(async () => {
    await db.close()
    await database.drop()
  })
  beforeEach(() => query(database.url, 'delete from signing_keys'))

  const loaded = async (derived = secrets, clock = new Clock(), onFailure?: (error: unknown) => void) => {
    const keyring = new Keyring(derived, clock, onFailure)
    await keyring.load(db)
    return keyring
  }
  const isUnavailable = (error: unknown) => error instanceof Problem && error.code === 'unavailable'
  const namesSecretKey = (error: unknown) => error instanceof StartError && error.message.startsWith('SECRET_KEY')
  const kidsOf = (keyring: Keyring) => keyring.jwks.keys.map(({ kid }) => kid)
  const immediately = { publishFor: 0, overlap: 60 }
  /** Advances the clock by a number of seconds. */
  const pass = (clock: Clock, seconds: number) => {
    clock.adjust(clock.now() + seconds)
  }

  it('throws Problem unavailable until its keys are loaded', async () => {
    const keyring = new Keyring(secrets, new Clock())
    assert.throws(() => keyring.current, isUnavailable)
    assert.throws(() => keyring.jwks, isUnavailable)
    await assert.rejects(keyring.findPublicKey('any'), isUnavailable)
  })

  it('creates a single first key if eight instances start at the same time', async () => {
    const keyrings = await Promise.all(Array.from({ length: 8 }, () => loaded()))
    assert.equal(new Set(keyrings.map(({ current }) => current.kid)).size, 1)
    const rows = await query<{ kid: string }>(database.url, 'select kid from signing_keys')
    assert.deepEqual(rows, [{ kid: keyrings[0]?.current.kid }])
  })

  it('loads the same key after a restart; its kid is its thumbprint (RFC 7638)', async () => {
    const [first, second] = [await loaded(), await loaded()]
    assert.deepEqual(second.jwks, first.jwks)
    const [jwk] = first.jwks.keys
    assert.ok(jwk)
    assert.equal(jwk.kid, await calculateJwkThumbprint(jwk))
    assert.equal((await first.findPublicKey(jwk.kid))?.type, 'public')
    for (const kid of ['', 'other', '__proto__', `${jwk.kid} `]) assert.equal(await first.findPublicKey(kid), undefined)
  })

  it('publishes only public members in the JWKS', async () => {
    const keyring = await loaded()
    const members = ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
    assert.deepEqual(
      keyring.jwks.keys.map((jwk) => Object.keys(jwk).sort()),
      [members],
    )
  })

  it('stores private keys only encrypted', async () => {
    const { current } = await loaded()
    const { d = '' } = current.privateKey.export({ format: 'jwk' })
    const [row] = await query<{ private_key: Buffer }>(database.url, 'select private_key from signing_keys')
    assert.ok(row)
    assert.equal(row.private_key.includes(Buffer.from(d, 'base64url').subarray(0, 8)), false)
  })

  it('fails to load with another SECRET_KEY, and creates no new key', async () => {
    const { current } = await loaded()
    for (const others of [[], ['a previous key that is wrong, too']])
      await assert.rejects(loaded(deriveSecrets('another secret key, long enough too', others)), namesSecretKey)
    const rows = await query<{ kid: string }>(database.url, 'select kid from signing_keys')
    assert.deepEqual(rows, [{ kid: current.kid }])
  })

  it('refuses a stored key whose private key or kid was altered', async () => {
    await loaded()
    await query(
      database.url,
      `update signing_keys set private_key = set_byte(private_key, 40, get_byte(private_key, 40) # 1)`,
    )
    await assert.rejects(loaded(), namesSecretKey)
    await query(
      database.url,
      `update signing_keys set private_key = set_byte(private_key, 40, get_byte(private_key, 40) # 1)`,
    )
    assert.ok(await loaded())
    await query(database.url, `update signing_keys set kid = 'moved'`)
    await assert.rejects(loaded(), namesSecretKey)
  })

  it('publishes a key before the key signs, and still after the next key signs', async () => {
    const old = (await loaded()).current.kid
    const { kid } = await rotateKeys(db, secrets, { publishFor: 100, overlap: 50 })
    const clock = new Clock()
    const keyring = await loaded(secrets, clock)
    const states: [seconds: number, signs: string, published: string[]][] = [
      [99, old, [kid, old]],
      [2, kid, [kid, old]],
      [48, kid, [kid, old]],
      [2, kid, [kid]],
    ]
    for (const [seconds, signs, published] of states) {
      pass(clock, seconds)
      assert.equal(keyring.current.kid, signs)
      assert.deepEqual(kidsOf(keyring), published)
      for (const each of published) assert.ok(await keyring.findPublicKey(each))
    }
    await query(database.url, 'update signing_keys set retires_at = now() where kid = $1', [old])
    assert.equal(await keyring.findPublicKey(old), undefined)
    assert.deepEqual(kidsOf(await loaded()), [kid])
  })

  it('measures the database’s clock each time it reads the keys', async () => {
    const clock = new Clock()
    const keyring = await loaded(secrets, clock)
    clock.adjust(0)
    await keyring.findPublicKey('unknown')
    assert.ok(Math.abs(clock.now() - Date.now() / 1000) < 2)
  })

  it('loads a new key without a restart, and no key after reloading was stopped', async () => {
    const keyring = await loaded()
    const reloading = keyring.startReloading(0.05)
    const { kid } = await rotateKeys(db, secrets, immediately)
    while (keyring.current.kid !== kid) await sleep(10)
    await reloading.stop()
    await rotateKeys(db, secrets, immediately)
    await sleep(200)
    assert.equal(keyring.current.kid, kid)
  })

  it('reads the keys at most once in 5 s, however many unknown kids occur', async () => {
    let readings = 0
    const counting: Database = { ...db, any: (statement) => (readings++, db.any(statement)) }
    const keyring = new Keyring(secrets, new Clock())
    await keyring.load(counting)
    const { kid } = await rotateKeys(db, secrets, immediately)
    readings = 0
    const found = await Promise.all(Array.from({ length: 100 }, () => keyring.findPublicKey(kid)))
    assert.ok(found.every((key) => key?.type === 'public'))
    for (let index = 0; index < 100; index++) assert.equal(await keyring.findPublicKey(`unknown ${index}`), undefined)
    assert.equal(readings, 1)
  })

  describe('loaded keys, if reading them again fails', () => {
    const failures: [title: string, cause: () => Promise<unknown>, fix: () => Promise<unknown>][] = [
      ['the database is down', () => db.close(), () => db.open(database.url)],
      [
        'a key’s SECRET_KEY is unknown',
        () => query(database.url, `update signing_keys set secret_id = 'unknown'`),
        () => query(database.url, 'update signing_keys set secret_id = $1', [secrets.id]),
      ],
    ]
    for (const [title, cause, fix] of failures) {
      it(`remain in use, and no token is refused as invalid: ${title}`, async () => {
        const reported: unknown[] = []
        const keyring = await loaded(secrets, new Clock(), (error) => reported.push(error))
        const { kid } = keyring.current
        await cause()
        try {
          await assert.rejects(keyring.findPublicKey('unknown'), isUnavailable)
          await assert.rejects(keyring.findPublicKey('unknown'), isUnavailable)
          assert.equal(reported.length, 1)
          assert.ok(await keyring.findPublicKey(kid))
          assert.equal(keyring.current.kid, kid)
          assert.deepEqual(kidsOf(keyring), [kid])
        } finally {
          await fix()
        }
      })
    }
  })
})
