import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gatehouse } from '../support/command.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { madeHashes, missingPython, runDjango } from '../support/django.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

const decisions =
  '--on-collision latest --on-existing link --on-invalid skip --on-unknown-hash reset --skip-pending'.split(' ')
const { password: djangoPassword } = madeHashes
/** The form in NFKC is another text, which Gatehouse hashes. */
const newPassword = 'a new ﬁne password of Ångström'

type Report = {
  written: boolean
  users: Record<string, number>
  login_logs: Record<string, number>
  undecided: { reason: string; entries: { legacy_id: string; email: string; detail?: string }[] }[]
  skipped: { reason: string; count: number }[]
  changed: { reason: string; count: number }[]
}
type Seen = {
  accepted: boolean[]
  users: { id: number; email: string; first_name: string; is_active: boolean; is_superuser: boolean }[]
  logs: string[][]
}
type Project = { to: string; environment: Record<string, string>; digest(): Promise<string>; drop?(): Promise<void> }

describe('an export into the database of Django', function () {
  this.timeout(300_000)
  let folder: string
  before(async function () {
    const missing = missingPython()
    if (missing !== undefined) skip(this, missing)
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-export-'))
  })
  after(async () => {
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const targets: Record<string, (project: string) => Promise<Project>> = {
    async SQLite(project) {
      const to = join(folder, `${project}.sqlite3`)
      await rm(to, { force: true })
      const digest = async () =>
        createHash('sha256')
          .update(await readFile(to))
          .digest('hex')
      return { to, environment: { PROJECT: project, SQLITE: to }, digest }
    },
    async PostgreSQL(project) {
      const { url, drop } = await createTestDatabase()
      await query(url, 'drop schema public cascade; drop schema graphile_worker cascade; create schema public')
      const { username, password: secret, pathname, searchParams, hostname, port } = new URL(url)
      const environment = {
        PROJECT: project,
        DB_NAME: pathname.slice(1),
        DB_USER: username,
        DB_PASSWORD: decodeURIComponent(secret),
        DB_HOST: searchParams.get('host') ?? decodeURIComponent(hostname),
        DB_PORT: searchParams.get('port') ?? port,
      }
      const digest = async () => {
        const tables = project === 'custom' ? ['accounts_user', 'accounts_loginlog'] : ['auth_user']
        const texts: unknown[] = []
        // A system column shows rows that were written with the same values.
        for (const table of tables)
          texts.push(await query(url, `select string_agg(t.xmin || t::text, '' order by t::text) from ${table} t`))
        return JSON.stringify(texts)
      }
      return { to: url, environment, digest, drop }
    },
  }

  for (const [name, make] of Object.entries(targets)) {
    describe(`of a project with sign-in by email: ${name}`, () => {
      let service: TestService
      let django: Project
      let registered: string
      const run = async (command: 'import' | 'export', ...args: string[]) => {
        const option = command === 'import' ? '--from' : '--to'
        const fixed = [command, 'django', option, django.to, '--json']
        const outcome = await gatehouse(folder, { DATABASE_URL: service.databaseUrl }, ...fixed, ...args)
        return { ...outcome, report: JSON.parse(outcome.stdout || '{}') as Report }
      }
      const look = async (pairs: string[][]) =>
        JSON.parse(await runDjango(django.environment, 'sign_in.py', JSON.stringify(pairs))) as Seen
      const token = async (email: string, secret = djangoPassword, agent = 'A browser') => {
        const headers = { 'User-Agent': agent }
        const { status, body } = await service.call('createToken', { body: { email, password: secret }, headers })
        assert.equal(status, 200, JSON.stringify(body))
        return String(body['access'])
      }

      before(async () => {
        service = await TestService.start({}, { hashing: 'light' })
        django = await make('custom')
        await runDjango(django.environment, 'manage.py', 'migrate', '-v0')
        await runDjango(django.environment, 'fill.py')
        const { code, stderr } = await run('import', ...decisions)
        assert.equal(code, 0, stderr)
      })
      after(async () => {
        await django.drop?.()
        await service.stop()
      })

      it('changes nothing right after the import', async () => {
        const { code, report } = await run('export', '--dry-run')
        assert.equal(code, 0)
        assert.deepEqual([report.users['updated'], report.users['created'], report.login_logs['written']], [0, 0, 0])
      })

      it('writes nothing in a dry run', async () => {
        await token('user0@example.com') // renews the hash
        const access = await token('user1@example.com')
        const body = { current_password: djangoPassword, password: newPassword, password_confirm: newPassword }
        const changed = await service.call('changePassword', { token: access, body })
        assert.equal(changed.status, 200, JSON.stringify(changed.body))
        registered = (await service.activeUser({ email: 'new@example.com' })).email
        await token(registered, password, `new ${'x'.repeat(600)}`)
        await service.sql(`update users set is_active = false where email = 'user2@example.com'`)
        await service.sql(`update users set is_superuser = true where email = 'user3@example.com'`)
        await service.sql(`update users set first_name = 'Энн' where email = 'Anna@example.com'`)
        // Two users exchange their addresses, which are unique in Django.
        await service.sql(
          `update users set email = case email when 'user4@example.com' then 'user5@example.com' else 'user4@example.com' end
           where email in ('user4@example.com', 'user5@example.com')`,
        )
        await service.sql(`delete from users where email = 'staff@example.com'`)
        const before = await django.digest()
        const { code, report, stderr } = await run('export', '--dry-run')
        assert.equal(code, 0, stderr)
        assert.deepEqual(
          [report.written, report.users['updated'], report.users['created'], report.login_logs['written']],
          [false, 7, 1, 3],
        )
        assert.equal(await django.digest(), before)
      })

      it('stops before it writes while a user collides with one of Django', async () => {
        await service.activeUser({ email: 'pending@example.com' }) // an import with --skip-pending left it out
        const before = await django.digest()
        const { code, stderr, report } = await run('export')
        assert.equal(code, 1)
        assert.match(stderr, /Nothing was exported: 1 users need a decision/)
        assert.deepEqual(
          report.undecided.map(({ reason, entries }) => [reason, entries.map(({ email }) => email)]),
          [['collision', ['pending@example.com']]],
        )
        assert.equal(await django.digest(), before)
      })

      it('writes users, hashes and the login log, with which Django signs users in', async () => {
        const { code, report, stderr } = await run('export', '--on-conflict', 'skip')
        assert.equal(code, 0, stderr)
        assert.deepEqual([report.users['updated'], report.users['created'], report.users['skipped']], [7, 1, 1])
        assert.deepEqual(report.login_logs, { read: 3, written: 3, unchanged: 0, skipped: 0 })
        const { accepted, users, logs } = await look([
          ['user0@example.com', djangoPassword],
          ['user1@example.com', newPassword],
          ['user4@example.com', djangoPassword],
          ['user5@example.com', djangoPassword],
          ['Anna@example.com', djangoPassword],
          [registered, password],
          ['md5@example.com', djangoPassword],
          ['staff@example.com', djangoPassword],
          ['user1@example.com', djangoPassword],
          ['user2@example.com', djangoPassword],
          [registered, djangoPassword],
          ['unusable@example.com', ''],
        ])
        assert.deepEqual(accepted, [...Array<boolean>(8).fill(true), ...Array<boolean>(4).fill(false)])
        const shown = new Map(users.map((user) => [user.email, user]))
        assert.equal(shown.get('user3@example.com')?.is_superuser, true)
        assert.equal(shown.get('Anna@example.com')?.first_name, 'Энн')
        assert.deepEqual([shown.get('user4@example.com')?.id, shown.get('user5@example.com')?.id], [6, 5])
        assert.deepEqual(
          logs.slice(-3).map(([email, ip, agent]) => [email, ip, agent?.slice(0, 9)]),
          [
            ['user0@example.com', '127.0.0.1', 'A browser'],
            ['user1@example.com', '127.0.0.1', 'A browser'],
            [registered, '127.0.0.1', 'new xxxxx'],
          ],
        )
        assert.equal(logs.length, 8)
      })

      it('leaves hashes that Django renews at the next sign-in', async () => {
        const hashes = await readHashes(django, ['user1@example.com', registered])
        assert.deepEqual(
          hashes.map((hash) => hash.split('$')[0]),
          ['pbkdf2_sha256', 'pbkdf2_sha256'],
        )
      })

      it('lists a user who was deleted here, and deactivates the row on request only', async () => {
        await run('export', '--on-conflict', 'skip') // Django renewed hashes, which the export writes again
        const { report } = await run('export', '--on-conflict', 'skip', '--deactivate-deleted')
        assert.equal(report.users['deactivated'], 1)
        const { accepted } = await look([['staff@example.com', djangoPassword]])
        assert.deepEqual(accepted, [false])
      })

      it('changes nothing when it runs again, and neither does an import', async () => {
        const before = await django.digest()
        const { report } = await run('export', '--on-conflict', 'skip', '--deactivate-deleted')
        assert.equal(report.written, true)
        assert.deepEqual([report.users['updated'], report.users['created'], report.users['deactivated']], [0, 0, 0])
        assert.deepEqual(report.login_logs, { read: 3, written: 0, unchanged: 3, skipped: 0 })
        assert.equal(await django.digest(), before)
        const imported = (await run('import', ...decisions)).report
        assert.deepEqual([imported.users['imported'], imported.login_logs['imported']], [0, 0])
        assert.equal(imported.users['unchanged'], 15)
      })

      it('finds the rows of an interrupted run again', async () => {
        // The state after a run that ended when Django had committed, and Gatehouse had not.
        await service.sql(`delete from legacy_ids where user_id = (select id from users where email = $1)`, [
          registered,
        ])
        const before = await django.digest()
        const { report } = await run('export', '--on-conflict', 'skip', '--deactivate-deleted')
        assert.deepEqual([report.users['linked'], report.users['created'], report.users['skipped']], [1, 0, 1])
        assert.equal(await django.digest(), before)
      })
    })
  }
})

async function readHashes({ to, environment }: Project, emails: string[]): Promise<string[]> {
  const text = `select password from accounts_user where email in ('${emails.join("','")}')`
  if (environment['SQLITE'] === undefined)
    return (await query<{ password: string }>(to, text)).map((row) => row.password)
  const database = new DatabaseSync(to)
  const rows = database.prepare(text).all() as { password: string }[]
  database.close()
  return rows.map((row) => row.password)
}
