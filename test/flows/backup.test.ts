import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { listSigningKeys } from '../../generated/queries.ts'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { decryptKey } from '../../src/domain/keys/signingKey.ts'
import { createOwnedDatabase, type OwnedDatabase } from '../db/support/ownedDatabase.ts'
import { hold } from '../support/locks.ts'
import { query } from '../support/database.ts'
import { encode, findTools, formsOf, readRows } from '../support/dump.ts'
import { runGuideBlock } from '../support/operationsGuide.ts'
import { password, TestService, type SignedIn } from '../support/service.ts'
import { skip } from '../support/skip.ts'

/** A user from before the dump, and a refresh token that the user got after it. */
type DumpState = { user: SignedIn; laterRefresh: string }

const secretKey = 'a secret key for this test, long enough'
const root = join(import.meta.dirname, '../..')

describe('backups of the database', function () {
  this.timeout(120_000)
  let database: OwnedDatabase
  let service: TestService
  let user: SignedIn
  let folder: string
  let releaseCodes = () => Promise.resolve()
  const asOwner = <Row extends pg.QueryResultRow>(text: string) => query<Row>(database.ownerUrl, text)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-backup-'))
    database = await createOwnedDatabase()
    await database.run(database.ownerUrl, ['migrate', '--grant-to', database.role])
    service = await start(database)
    user = await service.signedIn()
    releaseCodes = await hold(database.ownerUrl, 'lock table codes in share mode')
    await requestRecovery(user.email)
    for (const email of [service.email(), service.email()]) await register(email)
  })
  after(async () => {
    await releaseCodes()
    await service.stop()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = ({ roleUrl }: OwnedDatabase) =>
    TestService.start({ DATABASE_URL: roleUrl, SECRET_KEY: secretKey, RATE_LIMITS: 'off' })
  const requestRecovery = (email: string, at = service) => at.call('forgotPassword', { body: { email } })
  const register = (email: string) =>
    service.call('registerUser', { body: { email, password, password_confirm: password } })
  const refreshTokens = async (at: TestService, refresh: string) => {
    const { status, body } = await at.call('refreshToken', { body: { refresh } })
    return { status, refresh: String(body['refresh']) }
  }

  /** Runs a block of docs/operations.md. @returns its output */
  function runBlock(block: string, settings: Record<string, string>): Promise<string> {
    const setFolder = (commands: string) => commands.replaceAll('gatehouse.dump', join(folder, 'gatehouse.dump'))
    return runGuideBlock(block, { HOME: folder, ...settings }, setFolder)
  }

  /** Dumps the database as text. Reads it row by row if there is no pg_dump for this server. */
  async function dumpText(): Promise<string> {
    const tools = await findTools(database.ownerUrl)
    if (typeof tools === 'string') return readRows(database.ownerUrl)
    const options = { env: tools, maxBuffer: 100_000_000 }
    return (await promisify(execFile)('pg_dump', [database.ownerUrl], options)).stdout
  }

  it('contain no code, token, password or unencrypted key (security 19, 32)', async () => {
    const whileQueued = await dumpText()
    const payloads = await asOwner(
      'select distinct json_object_keys(payload) as key from graphile_worker._private_jobs',
    )
    assert.deepEqual(payloads, [{ key: 'id' }])
    const { refresh } = await refreshTokens(service, user.refresh)
    await releaseCodes()
    const { code } = await service.mailTo(user.email)
    const { code: activation } = await service.mailTo('user2@example.com')
    const whenSent = await dumpText()

    const hash = createHash('sha256').update(Buffer.from(code, 'base64url')).digest('hex')
    assert.ok(whenSent.includes(hash) && !whileQueued.includes(hash))
    assert.match(whileQueued, /queued[\s\S]*deliver_mail|deliver_mail[\s\S]*queued/)
    const { db } = service.service.services
    const keys = (await db.any(listSigningKeys())).map((row) => decryptKey(row, deriveSecrets(secretKey)).privateKey)
    assert.ok(keys.length > 0 && keys.every(({ type }) => type === 'private'))
    const secrets = [code, activation, user.access, user.refresh, refresh, password, secretKey].flatMap(formsOf)
    const signatures = [user.access, user.refresh, refresh].flatMap((token) => formsOf(token.split('.')[2] ?? ''))
    const unencryptedKeys = keys.flatMap((key) => [
      ...formsOf(String(key.export({ format: 'jwk' }).d)),
      ...encode(key.export({ format: 'der', type: 'pkcs8' })),
      'PRIVATE KEY',
    ])
    for (const dump of [whileQueued, whenSent]) {
      assert.ok(dump.includes(user.email) && dump.includes(user.id))
      for (const form of [...secrets, ...signatures, ...unencryptedKeys].filter((text) => text.length > 8))
        assert.ok(!dump.includes(form), form)
    }
  })

  it('can be restored with the commands in docs/operations.md (security 83)', async function () {
    const tools = await findTools(database.ownerUrl)
    if (typeof tools === 'string') return skip(this, tools)
    await releaseCodes()
    const kept = await service.signedIn()
    releaseCodes = await hold(database.ownerUrl, 'lock table codes in share mode')
    await requestRecovery(kept.email)
    const env = { PATH: `${join(root, 'node_modules', '.bin')}:${tools.PATH}`, DATA_DIR: folder }
    await runBlock('dump', { ...env, OWNER_URL: database.ownerUrl })
    const { refresh: laterRefresh } = await refreshTokens(service, kept.refresh)

    const restored = await createOwnedDatabase(database)
    const settings = { ...env, NEW_URL: restored.ownerUrl }
    assert.match(await runBlock('restore', settings), /The schema is up to date/)
    const partitions = `select inhrelid::regclass::text as name from pg_inherits order by 1`
    assert.deepEqual(await query(restored.ownerUrl, partitions), await asOwner(partitions))
    // The dump contains locks of the first service's worker. Makes them look old, so that they count as abandoned.
    await query(
      restored.ownerUrl,
      `update graphile_worker._private_jobs set locked_at = locked_at - interval '2 minutes'`,
    )
    const second = await start(restored)
    try {
      await assertWorks(second, restored, { user: kept, laterRefresh })
      const { refresh } = await second.signIn(kept.email)
      await runBlock('forget', settings)
      assert.equal((await refreshTokens(second, refresh)).status, 401)
      await second.signIn(kept.email)
    } finally {
      await second.stop()
      await restored.drop()
    }
  })

  /** Checks that sign-in, tokens, mails, partitions and rights work on a restored database. */
  async function assertWorks(
    second: TestService,
    { ownerUrl, roleUrl }: OwnedDatabase,
    { user: kept, laterRefresh }: DumpState,
  ): Promise<void> {
    assert.equal((await refreshTokens(second, laterRefresh)).status, 401, 'a token from after the dump')
    assert.equal((await refreshTokens(second, kept.refresh)).status, 200, 'a token from before the dump')
    assert.equal((await second.call('getMe', { token: kept.access })).status, 200)
    await second.signIn(kept.email)
    const strays = await query(ownerUrl, 'select id from login_logs_default')
    assert.deepEqual(strays, [])
    await query(roleUrl, `select make_partitions('login_logs', 4)`)
    await assert.rejects(query(roleUrl, 'drop table users'), { code: '42501' })
    const { code } = await second.mailTo(kept.email)
    const body = { code, password, password_confirm: password }
    assert.equal((await second.call('restorePassword', { body })).status, 200, 'the mail that was queued')
    await second.mailTo(kept.email) // the notice of the new password
    await requestRecovery(kept.email, second)
    assert.match((await second.mailTo(kept.email)).link, /restore-password/)
  }
})
