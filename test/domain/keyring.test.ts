import assert from 'node:assert/strict'
import { calculateJwkThumbprint } from 'jose'
import { createDatabase, type Database } from '../../src/db/database.ts'
import { Keyring } from '../../src/domain/keyring.ts'
import { deriveSecrets } from '../../src/domain/secrets.ts'
import { Problem, StartError } from '../../src/problems.ts'
import { createTestDatabase, query } from '../support/database.ts'

describe('keyring', () => {
  const secrets = deriveSecrets('a secret key for this test, long enough')
  let database: { url: string; drop(): Promise<void> }
  let db: Database

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

  const loaded = async (by = secrets) => {
    const keyring = new Keyring(by)
    await keyring.load(db)
    return keyring
  }
  const hasNoKeys = (error: unknown) => error instanceof Problem && error.code === 'unavailable'
  const namesSecretKey = (error: unknown) => error instanceof StartError && error.message.startsWith('SECRET_KEY')

  it('is unavailable until its keys are loaded', () => {
    const keyring = new Keyring(secrets)
    assert.throws(() => keyring.current, hasNoKeys)
    assert.throws(() => keyring.jwks, hasNoKeys)
    assert.throws(() => keyring.find('any'), hasNoKeys)
  })

  it('makes one first key, however many instances start at once', async () => {
    const keyrings = await Promise.all(Array.from({ length: 8 }, () => loaded()))
    assert.equal(new Set(keyrings.map(({ current }) => current.kid)).size, 1)
    const rows = await query<{ kid: string }>(database.url, 'select kid from signing_keys')
    assert.deepEqual(rows, [{ kid: keyrings[0]?.current.kid }])
  })

  it('reads the same key after a restart, and names it by its thumbprint (RFC 7638)', async () => {
    const [first, second] = [await loaded(), await loaded()]
    assert.deepEqual(second.jwks, first.jwks)
    const [jwk] = first.jwks.keys
    assert.ok(jwk)
    assert.equal(jwk.kid, await calculateJwkThumbprint(jwk))
    assert.equal(first.find(jwk.kid)?.type, 'public')
    for (const kid of ['', 'other', '__proto__', `${jwk.kid} `]) assert.equal(first.find(kid), undefined)
  })

  it('shows public members only, in the JWKS and in the row (security 52)', async () => {
    const keyring = await loaded()
    const members = ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
    assert.deepEqual(
      keyring.jwks.keys.map((jwk) => Object.keys(jwk).sort()),
      [members],
    )
  })

  it('keeps the private part encrypted: no byte run of it is at rest', async () => {
    const { current } = await loaded()
    const { d = '' } = current.privateKey.export({ format: 'jwk' })
    const [row] = await query<{ private_key: Buffer }>(database.url, 'select private_key from signing_keys')
    assert.ok(row)
    assert.equal(row.private_key.includes(Buffer.from(d, 'base64url').subarray(0, 8)), false)
  })

  it('stops the start under another SECRET_KEY and mints nothing over the old key (decisions 13)', async () => {
    const { current } = await loaded()
    await assert.rejects(loaded(deriveSecrets('another secret key, long enough too')), namesSecretKey)
    const rows = await query<{ kid: string }>(database.url, 'select kid from signing_keys')
    assert.deepEqual(rows, [{ kid: current.kid }])
  })

  it('refuses a key that was altered, or moved under another name', async () => {
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
})
