import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeProtectedHeader } from 'jose'
import { NIL } from 'uuid'
import { gatehouse, type Outcome } from '../support/command.ts'
import { assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

const secretKey = 'a secret key for this test, long enough'
const moment = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ'

/** Runs `gatehouse keys` in a folder. */
const keys = (folder: string, settings: Record<string, string>, ...args: string[]): Promise<Outcome> =>
  gatehouse(folder, { DATA_DIR: join(folder, 'data'), ...settings }, 'keys', ...args)

describe('gatehouse keys (security 51)', function () {
  this.timeout(60_000)
  let folder: string
  let service: TestService
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-keys-'))
    await chmod(folder, 0o711) // root runs PostgreSQL as another user, who must enter the folder
    service = await TestService.start({ SECRET_KEY: secretKey }, { reloadKeys: 0.2 })
  })
  after(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const onService = (...args: string[]) =>
    keys(folder, { DATABASE_URL: service.databaseUrl, SECRET_KEY: secretKey }, ...args)
  const succeeds = async (...args: string[]) => {
    const { code, stdout, stderr } = await onService(...args)
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
  }
  const refuses = ({ code, stdout, stderr }: Outcome, sentence: RegExp) => {
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr.trimEnd(), sentence)
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  }
  const stored = () =>
    service.sql<{ kid: string; waits: number | null; overlap: number | null }>(
      `select kid, round(extract(epoch from signs_from - now()))::integer as waits,
         round(extract(epoch from retires_at - lead(signs_from) over (order by signs_from)))::integer as overlap
       from signing_keys order by signs_from desc`,
    )
  const events = () => service.sql(`select user_id, actor_id from security_events where type = 'keys_rotated'`)
  const kidOf = (token: string) => String(decodeProtectedHeader(token).kid)
  const signing = () => service.service.services.keyring.current.kid
  const untilSignsBy = async (kid: string) => {
    while (signing() !== kid) await sleep(20)
  }

  it('requires SECRET_KEY in production to make a key, but not to list the keys', async () => {
    const settings = { NODE_ENV: 'production', DATABASE_URL: service.databaseUrl, SECRET_KEY: '' }
    assert.equal((await keys(folder, settings, 'list')).code, 0)
    refuses(await keys(folder, settings, 'rotate'), /^SECRET_KEY is missing: set it to the key with which/)
  })

  it('lists the keys, and publishes a new key before it signs tokens', async () => {
    const old = signing()
    assert.match(await succeeds('list'), new RegExp(`^${old}  signs, since ${moment}\n$`))
    const printed = await succeeds('rotate')
    const [row, ...others] = await stored()
    assert.ok(row && Math.abs((row.waits ?? 0) - 360) <= 5, String(row?.waits))
    assert.deepEqual(
      others.map(({ kid, overlap }) => [kid, overlap]),
      [[old, 300 + 300 + 5]], // an access token's lifetime, the JWKS', the skew
    )
    assert.match(
      printed,
      new RegExp(
        `^The new key ${row.kid} is published, and signs from ${moment} on, .*\nThe key ${old} is published until ${moment}, .*\nRunning .* within 60 s\\. None needs a restart\\.\n$`,
      ),
    )
    assert.deepEqual(await events(), [{ user_id: NIL, actor_id: null }])
    assert.match(
      await succeeds('list'),
      new RegExp(
        `^${row.kid}  published, signs from ${moment}\n${old}  signs, since ${moment}, published until ${moment}\n$`,
      ),
    )
    while (((await service.call('getJwks')).body['keys'] as unknown[]).length < 2) await sleep(20)
    assert.equal(kidOf((await addUser(service)).access), old)
  })

  it('refuses to retire the signing key, the next signing key, or an unknown key', async () => {
    const before = await stored()
    refuses(await onService('retire', String(before[1]?.kid)), /^The key \S+ signs: .*rotate/)
    refuses(await onService('retire', String(before[0]?.kid)), /^The key \S+ is about to sign: /)
    refuses(await onService('retire', 'x'.repeat(43)), /^There is no signing key x+: .*list/)
    assert.deepEqual(
      (await stored()).map(({ kid }) => kid),
      before.map(({ kid }) => kid),
    )
  })

  it('makes a key that signs at once with --now, and retires keys that do not sign', async () => {
    const user = await addUser(service)
    const before = await stored()
    const printed = await succeeds('rotate', '--now')
    const [row] = await stored()
    assert.match(
      printed,
      new RegExp(`^The new key ${String(row?.kid)} signs at once\\.\n.*jwks\\.json.* 5 more minutes`),
    )
    await untilSignsBy(String(row?.kid))
    assert.ok((row?.waits ?? 1) <= 0)
    assert.equal((await service.call('getMe', { token: user.access })).status, 200)
    for (const { kid } of before) {
      assert.match(
        await succeeds('retire', kid),
        new RegExp(`^The key ${kid} is no longer published: .* sessions continue`),
      )
    }
    assert.deepEqual(
      (await stored()).map(({ kid }) => kid),
      [row?.kid],
    )
    while ((await service.call('getMe', { token: user.access })).status === 200) await sleep(20)
    assertUnauthorized(await service.call('getMe', { token: user.access }), 'token_not_valid')
    const { status, body } = await service.call('refreshToken', { body: { refresh: user.refresh } })
    assert.deepEqual([status, kidOf(String(body['access']))], [200, row?.kid])
  })

  it('replaces a leaked key with --now: its tokens are refused, sessions continue', async () => {
    const leaked = signing()
    const user = await addUser(service)
    const rotations = (await events()).length
    const printed = await succeeds('retire', leaked, '--now')
    const rows = await stored()
    assert.deepEqual([rows.length, (rows[0]?.waits ?? 1) <= 0], [1, true])
    assert.match(
      printed,
      new RegExp(`^The key ${leaked} is no longer published.*\nThe new key ${String(rows[0]?.kid)} signs at once\\.\n`),
    )
    assert.equal((await events()).length, rotations + 1)
    await untilSignsBy(String(rows[0]?.kid))
    assertUnauthorized(await service.call('getMe', { token: user.access }), 'token_not_valid')
    const { body } = await service.call('refreshToken', { body: { refresh: user.refresh } })
    assert.equal((await service.call('getMe', { token: String(body['access']) })).status, 200)
  })

  it('refuses a SECRET_KEY that does not decrypt the stored keys', async () => {
    const before = await stored()
    const settings = { DATABASE_URL: service.databaseUrl, SECRET_KEY: 'another secret key, long enough as well' }
    refuses(await keys(folder, settings, 'rotate'), /^SECRET_KEY does not decrypt the signing key .* start with/)
    refuses(
      await keys(folder, settings, 'retire', String(before[0]?.kid), '--now'),
      /^SECRET_KEY does not decrypt the signing key/,
    )
    const after = await stored()
    assert.deepEqual(
      after.map(({ kid }) => kid),
      before.map(({ kid }) => kid),
    )
    const previous = { ...settings, SECRET_KEY_PREVIOUS: secretKey }
    assert.equal((await keys(folder, previous, 'list')).code, 0)
  })

  it('accepts a key id that begins with a dash', async () => {
    refuses(await onService('retire', `-${'x'.repeat(42)}`), /^There is no signing key -x+: /)
  })

  it('refuses wrong arguments with an error of one sentence, and prints help', async () => {
    const refusals: [args: string[], sentence: RegExp][] = [
      [['list', '--now'], /^Unknown option '--now'\. Try --help\.$/],
      [['retire'], /^Missing required argument 'kid'\. Try --help\.$/],
      [['retire', 'abc'], /^Name the key to retire by its whole id: gatehouse keys list/],
      [['rotate', 'x'.repeat(43)], /^Too many arguments for 'rotate'/],
      [['rotate', '--later'], /^Unknown option '--later'\. Try --help\.$/],
      [['revoke'], /^Unknown command 'revoke'\. Try --help\.$/],
    ]
    for (const [args, sentence] of refusals) refuses(await onService(...args), sentence)
    for (const args of [[], ['--help']]) {
      const { code, stdout } = await onService(...args)
      assert.deepEqual([code, stdout.split('\n')[0]], [0, 'Usage: gatehouse keys [options] [command]'])
    }
  })

  it('prints the keys as JSON', async () => {
    await succeeds('rotate')
    const rows = JSON.parse(await succeeds('list', '--json')) as { kid: string; state: string }[]
    assert.deepEqual(
      rows.map(({ kid }) => kid),
      (await stored()).map(({ kid }) => kid),
    )
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['next', 'current', ...rows.slice(2).map(() => 'former')],
    )
    assert.equal(rows[1]?.kid, signing())
  })

  it('reports that the database does not respond', async () => {
    refuses(
      await keys(folder, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'list'),
      /^The database nobody@127\.0\.0\.1:1\/none does not answer/,
    )
  })

  it('works on the embedded database while no service runs', async () => {
    const { code, stdout, stderr } = await keys(folder, {}, 'rotate')
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^The new key \S{43} signs at once\.\n/)
    assert.match((await keys(folder, {}, 'list')).stdout, /^\S{43} {2}signs, since \S+\n$/)
  })
})
