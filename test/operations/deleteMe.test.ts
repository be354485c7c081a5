import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { beginTransaction, untilBlocked } from '../support/locks.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials, rowsOf } from './support/describeCredentials.ts'
import { assertErased, assertEverywhere, fillEverything, tablesWith } from './support/everything.ts'
import { activate, getMe, refreshPair, restore } from './support/requests.ts'

describe('deleteMe', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off' })
    hash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
  })

  const deleteMe = ({ access }: { access: string }, current_password = password) =>
    service.call('deleteMe', { token: access, body: { current_password } })

  it('leaves nothing of the user but the ids, types and times of security events', async () => {
    const traces = await fillEverything(service, user)
    await assertEverywhere(service, traces)
    const before = await service.sql('select id, type from security_events where user_id = $1 order by id', [user.id])
    const { status, body, headers } = await deleteMe(user)
    assert.deepEqual([status, body], [204, { text: '' }])
    assert.equal(headers.get('content-type'), null)
    await assertErased(service, traces)
    const events = await service.sql<{ id: string; type: string; actor_id: string | null }>(
      'select id, type, actor_id from security_events where user_id = $1 order by id',
      [user.id],
    )
    const deletions = events.filter(({ id }) => !before.some((event) => 'id' in event && event.id === id))
    assert.deepEqual(
      deletions.map(({ type, actor_id }) => [type, actor_id]),
      [['user_deleted', null]],
    )
    assert.equal(events.length, before.length + 1)
  })

  it('erases 45,000 login logs and 45,000 security events in batches', async () => {
    const rows = `(user_id, timestamp, id, ip_address, user_agent)
      select $1, now() - (number / 3) * interval '1 minute', gen_random_uuid(), '198.51.100.8', 'bulk' from generate_series(1, 45000) number`
    await service.sql(`insert into login_logs ${rows}`, [user.id])
    await service.sql(
      `insert into security_events (type, ${rows.slice(1).replace('select', `select 'sign_in_failed',`)}`,
      [user.id],
    )
    assert.equal((await deleteMe(user)).status, 204)
    await assertErased(service, { id: user.id, addresses: [user.email], network: '198.51.100.' })
    const [left] = await service.sql('select count(*)::integer from security_events where user_id = $1', [user.id])
    assert.deepEqual(left, { count: 45_001 })
  })

  it('does not change other users', async () => {
    const other = await addUser(service, { passwordHash: hash })
    await fillEverything(service, other)
    await fillEverything(service, user, { network: '203.0.113.' })
    const rows = async () => {
      const all: object[] = []
      for (const table of await tablesWith(service, other.id, other.email))
        all.push(
          ...(await service.sql(
            `select '${table}' as table, t::text from ${table} t where strpos(t::text, $1) > 0 order by 2`,
            [other.id],
          )),
        )
      return all
    }
    const before = await rows()
    assert.ok(before.length > 30)
    assert.equal((await deleteMe(user)).status, 204)
    assert.deepEqual(await rows(), before)
    assert.equal((await getMe(service, other.access)).status, 200)
  })

  it('keeps registrations and mails of addresses that the user had before', async () => {
    await service.sql(
      `insert into emails (address, user_id, kind, held_until) values ('former@example.com', $1, 'held', now() - interval '1 s')`,
      [user.id],
    )
    await service.sql(
      `insert into email_changes (user_id, id, address, email) values ($1, $1, 'sought@example.com', 'sought@example.com')`,
      [user.id],
    )
    for (const email of ['former@example.com', 'sought@example.com']) {
      const body = { email, password, password_confirm: password }
      assert.equal((await service.call('registerUser', { body })).status, 201)
    }
    const former = await service.mailTo('former@example.com')
    assert.equal((await deleteMe(user)).status, 204)
    const { code } = await service.mailTo('sought@example.com')
    for (const each of [code, former.code]) assert.equal((await activate(service, each)).status, 200)
  })

  describe('the access of a deleted user (security 40)', () => {
    it('ends at once: tokens, codes and sign-ins are refused', async () => {
      const code = await insertCode(service, user.id, 'restore')
      assert.equal((await deleteMe(user)).status, 204)
      assertUnauthorized(await getMe(service, user.access), 'user_not_found')
      assertUnauthorized(await deleteMe(user), 'user_not_found')
      assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      for (const token of [user.access, user.refresh])
        assertUnauthorized(await service.call('verifyToken', { body: { token } }), 'token_not_valid')
      assertUnauthorized(
        await service.call('createToken', { body: { email: user.email, password } }),
        'no_active_account',
      )
      assertProblem(await restore(service, code, 'another password'), 400, 'code_invalid')
      await assertErased(service, { id: user.id, addresses: [user.email] })
    })
  })

  it('makes the email address available for a new account', async () => {
    assert.equal((await deleteMe(user)).status, 204)
    assert.match((await service.mailTo(user.email)).subject, /was deleted$/)
    const later = await service.signedIn({ email: user.email })
    assert.notEqual(later.id, user.id)
    const { body } = await service.call('listLoginLogs', { token: later.access })
    assert.equal(body['count'], 1)
    assertUnauthorized(await getMe(service, user.access), 'user_not_found')
  })

  describe('the current password in deleteMe (security 11)', () => {
    it('is required', async () => {
      const traces = await fillEverything(service, user)
      assertProblem(await deleteMe(user, 'not the password'), 400, 'current_password_incorrect')
      await assertEverywhere(service, traces)
      const invited = await addUser(service)
      assertProblem(await deleteMe(invited), 400, 'current_password_incorrect')
      assert.equal((await deleteMe(user)).status, 204)
    })

    for (const [what, change, status, code] of [
      [
        'a change of password',
        `update users set password_hash = '\\x01' where id = $1`,
        400,
        'current_password_incorrect',
      ],
      ['another deletion', 'delete from users where id = $1', 401, 'user_not_found'],
    ] as const) {
      it(`is verified again if ${what} commits first`, async () => {
        const live = await insertCode(service, user.id, 'restore')
        const other = await beginTransaction(service.databaseUrl)
        try {
          await other.query(change, [user.id])
          const answer = deleteMe(user)
          await untilBlocked(service)
          await other.query('commit')
          assertProblem(await answer, status, code)
        } finally {
          await other.end()
        }
        const left = await tablesWith(service, user.id)
        assert.ok(left.includes('codes') && left.includes('sessions'), `${live} was erased`)
      })
    }
  })

  describe('the last active superuser in deleteMe (security 77)', () => {
    it('cannot be deleted', async () => {
      const superuser = await addUser(service, { superuser: true, passwordHash: hash })
      const suspended = await addUser(service, { superuser: true })
      await service.sql('update users set is_active = false where id = $1', [suspended.id])
      const traces = await fillEverything(service, superuser)
      assertProblem(await deleteMe(superuser), 409, 'last_superuser')
      await assertEverywhere(service, traces)
      await addUser(service, { superuser: true })
      assert.equal((await deleteMe(superuser)).status, 204)
    })
  })

  describe('the body of deleteMe (security 65, 68)', () => {
    const cases: RefusedBody[] = [
      ['no current password', {}, '/current_password required'],
      ['a number as the current password', { current_password: 1 }, '/current_password type'],
      ['NUL', { current_password: '\u0000' }, '/current_password pattern'],
      ['an unknown member', { current_password: password, user_id: 'y' }, '/user_id unknown_member'],
    ]
    const send = (body: object) => service.call('deleteMe', { token: user.access, body })
    itRefusesBodies(cases, send, () => rowsOf(service, user))
  })

  describeUnreadableBodies('deleteMe', () => service)

  describeCredentials('deleteMe', () => service, {
    calls: () => [{ body: {} }, { body: { current_password: password } }],
  })
})
