import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeAddress } from '../operations/support/emailChanges.ts'
import { assertUnauthorized } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { addSession, addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { gatehouse, type Outcome } from '../support/command.ts'
import { eventsOf } from '../support/securityEvents.ts'

const root = join(import.meta.dirname, '../..')
describe('gatehouse users', function () {
  this.timeout(60_000)
  let service: TestService
  let folder: string
  let passwordHash: Uint8Array
  let superuser: Person
  let user: Person
  before(async () => {
    service = await TestService.start()
    passwordHash = await quickHash
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-users-'))
    await chmod(folder, 0o711)
  })
  after(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await service.sql('truncate users, emails, sessions')
    superuser = await addUser(service, { superuser: true })
    user = await addUser(service, { passwordHash })
    await service.sql(`update users set search_text = lower(email)`)
  })

  const users = (...args: string[]) => gatehouse(folder, { DATABASE_URL: service.databaseUrl }, 'users', ...args)
  const me = (person: Person) => service.call('getMe', { token: person.access })
  const said = (stdout: string): Outcome => ({ code: 0, stdout: `${stdout}\n`, stderr: '' })
  const refused = (stderr: string): Outcome => ({ code: 1, stdout: '', stderr: `${stderr}\n` })

  describe('users suspend (security 40)', () => {
    it('ends sessions, voids codes, prevents sign-ins, and records events with no actor', async () => {
      const code = await insertCode(service, user.id, 'restore')
      const capitals = user.email.toUpperCase()
      assert.deepEqual(await users('suspend', capitals), said(`${capitals} is suspended, and every session has ended.`))
      assertUnauthorized(await me(user), 'user_inactive')
      const body = { code, password, password_confirm: password }
      assert.equal((await service.call('restorePassword', { body })).status, 400)
      const event = { actor_id: null, ip_address: null, user_agent: null }
      assert.deepEqual(await eventsOf(service, user.id), [{ type: 'user_suspended', ...event }])

      assert.deepEqual(
        await users('suspend', user.email),
        said(`${user.email} is suspended, and every session has ended.`),
      )
      assert.deepEqual(await users('activate', user.email), said(`${user.email} is active.`))
      assert.deepEqual(
        (await eventsOf(service, user.id)).map(({ type }) => type),
        ['user_suspended', 'user_activated'],
      )
      await service.signIn(user.email)
    })
  })

  describe('users suspend for the last superuser (security 77)', () => {
    it('is refused with an error that says how to proceed', async () => {
      const sentence = `${superuser.email} is the last active superuser: create another one first, with gatehouse createsuperuser.`
      assert.deepEqual(await users('suspend', superuser.email), refused(sentence))
      assert.equal((await me(superuser)).status, 200)
      assert.deepEqual(await eventsOf(service, superuser.id), [])
    })
  })

  it('lists the newest users in columns, filtered by a text or by suspension', async () => {
    await service.sql(
      `update users set first_name = 'Анна', last_name = E'Sm\\u202eith', date_joined = '2026-03-01T12:34:56Z', last_login = '2026-03-02T01:02:03Z' where id = $1`,
      [superuser.id],
    )
    await service.sql(`update users set date_joined = '2026-04-01Z', email_confirmed = false where id = $1`, [user.id])
    const width = Math.max(user.email.length, superuser.email.length)
    const lines = [
      `${'EMAIL'.padEnd(width)}  NAME        STATE                JOINED            LAST SIGN-IN`,
      `${user.email.padEnd(width)}              active, unconfirmed  2026-04-01 00:00  never`,
      `${superuser.email.padEnd(width)}  Анна Smith  active, superuser    2026-03-01 12:34  2026-03-02 01:02`,
      '',
      '2 users.',
    ]
    assert.deepEqual(await users('list'), said(lines.join('\n')))
    await service.sql(`update users set is_active = false, search_text = 'жук' where id = $1`, [user.id])
    for (const args of [['--suspended'], ['--search', 'ЖУ'], ['--search=жук', '--suspended']]) {
      const { stdout } = await users('list', ...args)
      assert.match(stdout, new RegExp(`^EMAIL.*\n${user.email} .* suspended, unconfirmed .*\n\n1 user\\.\n$`))
    }
    assert.deepEqual(await users('list', '--search', 'nobody'), said('No user matches.'))
  })

  it('lists at most 100 users, and prints that there are more', async () => {
    await service.sql(
      `insert into users (id, email) select gen_random_uuid(), 'many' || number || '@example.com' from generate_series(1, 120) number`,
    )
    const { stdout } = await users('list')
    assert.match(stdout, /\n\nThe latest 100 of 122 users: --search finds fewer\.\n$/)
    assert.equal(stdout.trimEnd().split('\n').length, 103)
  })

  describe('users sessions (security 42)', () => {
    it('lists the sessions of a user, and ends them with --revoke', async () => {
      const { refresh } = await service.signIn(user.email, { 'User-Agent': 'Firefox/145.0' })
      await service.call('refreshToken', { body: { refresh }, headers: { 'User-Agent': 'curl/8.5.0' } })
      const listed = await users('sessions', user.email)
      assert.match(
        listed.stdout,
        /^SIGNED IN +LAST USED +EXPIRES +IP ADDRESS +LAST IP ADDRESS +DEVICE +LAST DEVICE\n(\d{4}-\d\d-\d\d \d\d:\d\d  ){3}127\.0\.0\.1 +127\.0\.0\.1 +Firefox\/145\.0 +curl\/8\.5\.0\n.* 127\.0\.0\.1 +test +test\n$/,
      )
      assert.deepEqual(await users('sessions', user.email, '--revoke'), said(`2 sessions of ${user.email} ended.`))
      assertUnauthorized(await me(user), 'token_not_valid')
      const event = { actor_id: null, ip_address: null, user_agent: null }
      assert.deepEqual((await eventsOf(service, user.id)).slice(-1), [{ type: 'sessions_revoked', ...event }])
      assert.deepEqual(await users('sessions', user.email), said(`${user.email} has no session.`))
      assert.equal((await me(superuser)).status, 200)
    })
  })

  describe('users end-undo (security 103)', () => {
    it('voids at once the codes that undo a user’s email change', async () => {
      const other = service.email()
      const { code } = await changeAddress(service, user, user.email, other)
      assert.deepEqual(
        await users('end-undo', other),
        said(`Former addresses of ${other} can no longer undo its change.`),
      )
      assert.equal((await service.call('undoEmailChange', { body: { code } })).status, 400)
      const event = { type: 'email_undo_ended', actor_id: null, ip_address: null, user_agent: null }
      assert.deepEqual((await eventsOf(service, user.id)).slice(-1), [event])
      const none = `There is no change of the address ${other} that could be undone.`
      assert.deepEqual(await users('end-undo', other), said(none))
      assert.deepEqual((await eventsOf(service, user.id)).length, 3)
    })
  })

  it('refuses wrong arguments with an error of one sentence', async () => {
    for (const [args, sentence] of [
      [['suspend'], "Missing required argument 'email'. Try --help."],
      [
        ['activate', 'a@example.com', 'b@example.com'],
        "Too many arguments for 'activate'. Expected 1 argument but got 2: a@example.com, b@example.com. Try --help.",
      ],
      [['sessions', '--revoke'], "Missing required argument 'email'. Try --help."],
      [['end-undo'], "Missing required argument 'email'. Try --help."],
      [['suspend', 'nobody@example.com'], 'No user has the address nobody@example.com.'],
      [['activate', 'nobody'], 'nobody is not an email address.'],
      [['delete'], "Unknown command 'delete'. Try --help."],
      [['constructor'], "Unknown command 'constructor'. Try --help."],
      [['list', '--bogus'], "Unknown option '--bogus'. Try --help."],
      [['suspend', user.email, '--revoke'], "Unknown option '--revoke'. Try --help."],
      [['list', '--search'], "Option '--search <text>' argument missing. Try --help."],
    ] as const)
      assert.deepEqual(await users(...args), refused(sentence))
    for (const args of [
      ['list', user.email],
      ['delete', user.email],
    ]) {
      const { code, stdout, stderr } = await users(...args)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^[^\n]+ Try --help\.\n$/)
    }
    assert.equal((await me(user)).status, 200)
  })

  it('prints help with --help or no subcommand, and needs no database for it', async () => {
    const unreachable = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' }
    for (const args of [[], ['--help']]) {
      const { code, stdout, stderr } = await gatehouse(folder, unreachable, 'users', ...args)
      assert.deepEqual([code, stderr], [0, ''])
      for (const word of [
        'list',
        'suspend <email>',
        'activate <email>',
        'end-undo <email>',
        'sessions [options] <email>',
      ])
        assert.ok(stdout.includes(word), word)
    }
    const { code, stdout } = await gatehouse(folder, unreachable, 'users', 'suspend', '-h')
    assert.deepEqual([code, /^Usage: gatehouse users suspend \[options\] <email>\n/.test(stdout)], [0, true])
  })

  it('prints users as JSON with the members that listUsers returns', async () => {
    const page: unknown = JSON.parse((await users('list', '--search', user.email, '--json')).stdout)
    const { body } = await service.call('getUser', { token: superuser.access, path: { user_id: user.id } })
    assert.deepEqual(page, { count: 1, results: [body] })
  })

  it('prints sessions as JSON with the members that listSessions returns', async () => {
    const { access } = await service.signIn(user.email)
    const { body } = await service.call('listSessions', { token: access })
    const results = (body['results'] as { is_current: boolean }[]).map(({ is_current: _, ...session }) => session)
    const page: unknown = JSON.parse((await users('sessions', user.email, '--json')).stdout)
    assert.deepEqual(page, { count: results.length, results })
    const both = "Option '--json' cannot be used with option '--revoke'. Try --help."
    assert.deepEqual(await users('sessions', user.email, '--json', '--revoke'), refused(both))
  })

  it('prints at most 100 sessions, and that there are more', async () => {
    for (let more = 0; more < 119; more++) await addSession(service, user.id)
    const { stdout } = await users('sessions', user.email)
    assert.match(stdout, /\n\nThe latest 100 of 120 sessions\.\n$/)
    const { count, results } = JSON.parse((await users('sessions', user.email, '--json')).stdout) as {
      count: number
      results: unknown[]
    }
    assert.deepEqual([count, results.length], [120, 100])
  })

  it('prints one sentence if the database does not respond', async () => {
    const { code, stderr } = await gatehouse(
      folder,
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' },
      'users',
      'list',
    )
    assert.equal(code, 1)
    assert.match(stderr, /^The database nobody@127\.0\.0\.1:1\/x does not answer .*\n$/)
  })

  describe('a user created by createsuperuser (security 78)', () => {
    it('appears in users list, and its creation and role are recorded as events', async () => {
      const settings = { DATABASE_URL: service.databaseUrl, DJANGO_SUPERUSER_EMAIL: 'root2@example.com' }
      const made = await gatehouse(
        folder,
        { ...settings, DJANGO_SUPERUSER_PASSWORD: password },
        'createsuperuser',
        '--noinput',
      )
      assert.deepEqual(made, said('root2@example.com is a superuser now.'))
      const [row] = await service.sql<{ id: string }>(`select id from users where email = 'root2@example.com'`)
      const event = { actor_id: null, ip_address: null, user_agent: null }
      assert.deepEqual(await eventsOf(service, String(row?.id)), [
        { type: 'user_created', ...event },
        { type: 'superuser_granted', ...event },
      ])
      assert.match((await users('list', '--search', 'root2')).stdout, /root2@example\.com .* active, superuser/)
    })
  })

  describe('createsuperuser with PASSWORD_BLOCK_LIST=on (security 7)', () => {
    it('refuses a common password before it connects to the database', async () => {
      const settings = { PASSWORD_BLOCK_LIST: 'on', DJANGO_SUPERUSER_EMAIL: 'root3@example.com' }
      for (const [word, reason] of [
        ['12345678', 'The password is one of the common ones, which are guessed first.'],
        ['Root-2024', 'The password must be more than the email address, the name of the service, digits and signs.'],
      ] as const) {
        const credentials = { ...settings, DJANGO_SUPERUSER_PASSWORD: word }
        const outcome = await gatehouse(folder, credentials, 'createsuperuser', '--noinput')
        assert.deepEqual(outcome, refused(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${reason}`))
      }
    })
  })

  it('works on the embedded database, with and without a running service', async () => {
    const settings = { DATA_DIR: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error' }
    const credentials = { DJANGO_SUPERUSER_EMAIL: 'root@example.com', DJANGO_SUPERUSER_PASSWORD: password }
    const list = async () => {
      const { code, stdout, stderr } = await gatehouse(folder, settings, 'users', 'list')
      assert.deepEqual([code, stderr], [0, ''])
      assert.match(stdout, /\nroot@example\.com .* active, superuser .*\n\n1 user\.\n$/)
    }
    const created = await gatehouse(folder, { ...settings, ...credentials }, 'createsuperuser', '--noinput')
    assert.equal(created.code, 0, created.stderr)
    await list()
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const main = join(root, 'src/main.ts')
    const child = spawn(process.execPath, [main], { cwd: folder, env: { PATH, NODE_COMPILE_CACHE, ...settings } })
    try {
      await once(child.stdout, 'data')
      await list()
      assert.equal((await gatehouse(folder, settings, 'users', 'sessions', 'root@example.com', '--revoke')).code, 0)
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await list()
  })
})
