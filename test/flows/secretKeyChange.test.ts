import assert from 'node:assert/strict'
import pg from 'pg'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { Keyring } from '../../src/domain/keys/keyring.ts'
import { reencryptKey } from '../../src/domain/keys/signingKey.ts'
import { Clock } from '../../src/domain/clock.ts'
import { createDatabase } from '../../src/db/database.ts'
import { StartError } from '../../src/problems.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

const old = 'the secret key that this database was set up with'
const fresh = 'the secret key that comes next and is as long as that'
const newest = 'the secret key that comes after the next and is long too'

/** The settings of a service with a SECRET_KEY and previous ones. */
const withKeys = (key: string, ...previous: string[]) => ({
  SECRET_KEY: key,
  ...(previous.length > 0 ? { SECRET_KEY_PREVIOUS: previous.join(',') } : {}),
})

describe('a change of SECRET_KEY', () => {
  /** The service with only the old key. The others start on its database. */
  let before: TestService
  const others: TestService[] = []
  beforeEach(async () => {
    before = await TestService.start(withKeys(old))
  })
  afterEach(async () => {
    for (const service of others.splice(0)) await service.stop()
    await before.stop()
  })

  async function start(...keys: [string, ...string[]]): Promise<TestService> {
    const service = await TestService.start({ ...withKeys(...keys), DATABASE_URL: before.databaseUrl })
    others.push(service)
    return service
  }
  const storedKeys = () =>
    before.sql<{ kid: string; private_key: Buffer; secret_id: string }>(
      'select kid, private_key, secret_id from signing_keys',
    )
  const idOf = (key: string) => deriveSecrets(key).id

  type Pair = { access: string; refresh: string }
  const refreshedBy = async (service: TestService, { refresh }: Pair) => {
    const { status, body } = await service.call('refreshToken', { body: { refresh } })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Pair
  }

  /** Asserts that a service accepts a pair of tokens of another instance. @returns the next pair */
  async function assertAccepts(service: TestService, pair: Pair): Promise<Pair> {
    for (const token of [pair.access, pair.refresh])
      assert.equal((await service.call('verifyToken', { body: { token } })).status, 200)
    assert.equal((await service.call('getMe', { token: pair.access })).status, 200)
    return refreshedBy(service, pair)
  }

  it('keeps sessions and cursors valid, and re-encrypts the signing keys', async () => {
    const person = await addUser(before)
    for (let index = 0; index < 3; index++)
      await before.sql(
        `insert into login_logs (user_id, id, ip_address, user_agent) values ($1, gen_random_uuid(), '::1', '')`,
        [person.id],
      )
    const page = (service: TestService, parameters: Record<string, string>) =>
      service.call('listLoginLogs', { token: person.access, query: { page_size: '1', ...parameters } })
    const cursor = new URL(String((await page(before, {})).body['next'])).searchParams.get('cursor') ?? ''
    const [atFirst] = await storedKeys()
    const { refresh } = await addUser(before)

    await before.sql(
      `insert into signing_keys (kid, private_key, secret_id, signs_from, retires_at) values ('gone', '', $1, '2000-01-01', now())`,
      [idOf(old)],
    )

    const after = await start(fresh, old)
    const next = await assertAccepts(after, person)
    assert.equal((await page(after, { cursor })).status, 200)
    const revoked = await after.call('revokeToken', { body: { refresh } })
    assert.equal(revoked.status, 200)
    assert.equal((await after.call('refreshToken', { body: { refresh } })).status, 401)

    const [then, ...more] = await storedKeys()
    assert.deepEqual([then?.kid, then?.secret_id, more], [atFirst?.kid, idOf(fresh), []])
    const dump = JSON.stringify(await before.sql('select * from signing_keys'))
    assert.ok(!dump.includes(idOf(old)))
    assert.ok(!then?.private_key.equals(atFirst?.private_key ?? then.private_key))

    const last = await start(fresh)
    await assertAccepts(last, next)
    assert.equal((await last.call('refreshToken', { body: { refresh: person.refresh } })).status, 401)
    assert.equal((await page(last, { cursor })).status, 400)
  })

  it('allows old and new instances to accept each other’s tokens in the meantime', async () => {
    const person = await addUser(before)
    const accepting = await start(old, fresh)
    const changed = await start(fresh, old)
    const late = await start(old, fresh)
    let pair: Pair = person
    for (const signer of [accepting, changed, late])
      for (const verifier of [accepting, changed, late]) {
        pair = await assertAccepts(verifier, await refreshedBy(signer, pair))
      }
    await start(fresh, old)
    assert.deepEqual(
      (await storedKeys()).map(({ secret_id }) => secret_id),
      [idOf(fresh)],
    )
  })

  it('prevents the start and changes nothing if no key decrypts the signing keys', async () => {
    const atFirst = await storedKeys()
    await assert.rejects(
      start(fresh, newest),
      (error) =>
        error instanceof StartError && /^SECRET_KEY does not decrypt the signing key .*: start/.test(error.message),
    )
    assert.deepEqual(await storedKeys(), atFirst)
  })

  it('does not overwrite keys that another instance re-encrypts at the same time', async () => {
    const [row] = await storedKeys()
    assert.ok(row)
    const db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(before.databaseUrl)
    const other = new pg.Client({ connectionString: before.databaseUrl })
    await other.connect()
    try {
      await other.query('begin; lock table signing_keys in exclusive mode')
      const keyring = new Keyring(deriveSecrets(fresh, [old, newest]), new Clock())
      const loading = keyring.load(db)
      await untilBlocked()
      const { privateKey, secretId } = reencryptKey(row, deriveSecrets(newest, [old]))
      await other.query('update signing_keys set private_key = $1, secret_id = $2', [privateKey, secretId])
      await other.query('commit')
      await loading
      assert.equal(keyring.current.kid, row.kid)
      assert.deepEqual(await storedKeys(), [{ kid: row.kid, private_key: privateKey, secret_id: idOf(newest) }])
    } finally {
      await other.end()
      await db.close()
    }
  })

  async function untilBlocked(): Promise<void> {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await before.sql(waiting)).length === 0);
  }
})
