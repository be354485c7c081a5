import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { eventsOf, eventTypesOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials, describeSuperusersOnly, rowsOf } from './support/describeCredentials.ts'
import { forgot, getMe, refreshPair, restore, signIn } from './support/requests.ts'

describe('updateUser', () => {
  let service: TestService
  let superuser: Person
  let user: Person
  let passwordHash: Uint8Array

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    passwordHash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash })
  })

  const update = (body: unknown, id = user.id, token = superuser.access, headers = {}) =>
    service.call('updateUser', { path: { user_id: id }, body, token, headers })
  const read = async (id = user.id) =>
    (await service.call('getUser', { path: { user_id: id }, token: superuser.access })).body
  const found = async (search: string) => {
    const { body } = await service.call('listUsers', { query: { search }, token: superuser.access })
    return (body['results'] as { id: string }[]).map(({ id }) => id)
  }

  it('returns the legacy id of an imported user', async () => {
    await service.sql('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', ['4711', user.id])
    assert.equal((await update({ language: 'ru' })).body['legacy_id'], '4711')
    assert.equal((await read())['legacy_id'], '4711')
  })

  for (const [member, value] of [
    ['first_name', 'Тест'],
    ['last_name', 'O’Brien <b>"&'],
    ['language', 'ru'],
    ['is_active', false],
    ['is_superuser', true],
  ] as const) {
    it(`changes only ${member}`, async () => {
      const before = await read()
      const { status, body } = await update({ [member]: value })
      assert.equal(status, 200)
      assert.deepEqual(body, { ...before, [member]: value })
      assert.deepEqual(await read(), body)
    })
  }

  describe('the events of updateUser (security 78)', () => {
    it('are recorded once for each kind of change, with actor and client', async () => {
      const headers = { 'User-Agent': 'admin console' }
      const change = { first_name: 'A', last_name: 'B', language: 'ru', is_active: false, is_superuser: true }
      const { body } = await update(change, user.id, superuser.access, headers)
      assert.deepEqual({ ...body, ...change }, body)
      const actor = { actor_id: superuser.id, ip_address: '127.0.0.1', user_agent: 'admin console' }
      assert.deepEqual(
        await eventsOf(service, user.id),
        ['user_updated', 'user_suspended', 'superuser_granted'].map((type) => ({ type, ...actor })),
      )
      await update({ is_active: true, is_superuser: false })
      assert.deepEqual((await eventTypesOf(service, user.id)).slice(3), ['user_activated', 'superuser_revoked'])
    })

    it('are not recorded for fields whose values stay the same', async () => {
      const before = await read()
      const same = { first_name: '', last_name: '', language: 'en', is_active: true, is_superuser: false }
      for (const body of [{}, same, { is_active: true }]) assert.deepEqual((await update(body)).body, before)
      assert.deepEqual(await eventsOf(service, user.id), [])
      assert.equal((await getMe(service, user.access)).status, 200)
    })
  })

  it('makes the user searchable by the new names', async () => {
    await update({ first_name: 'Ксенофонт', last_name: 'Zyxwvut' })
    assert.deepEqual([await found('ксенофонт zyx'), await found(user.email)], [[user.id], [user.id]])
    await update({ first_name: 'Other' })
    assert.deepEqual([await found('ксенофонт'), await found('OTHER zyxwvut')], [[], [user.id]])
  })

  describe('a suspension by updateUser (security 12, 40)', () => {
    it('ends sessions, tokens and codes at once, and prevents sign-ins', async () => {
      const code = await insertCode(service, user.id, 'restore')
      assert.equal((await update({ is_active: false })).status, 200)
      assertUnauthorized(await getMe(service, user.access), 'user_inactive')
      assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      assertUnauthorized(await signIn(service, user.email), 'no_active_account')
      assertProblem(await restore(service, code), 400, 'code_invalid')
      const rows = await service.sql(
        'select ended_at is not null as ended, ended_by from sessions where user_id = $1',
        [user.id],
      )
      assert.deepEqual(rows, [{ ended: true, ended_by: 'suspended' }])
      assert.deepEqual(await service.sql('select 1 from codes where user_id = $1', [user.id]), [])
      const mails = await service.countMails()
      await forgot(service, user.email)
      assert.equal(await service.countMails(), mails)
    })
  })

  describe('an activation after a suspension (security 40)', () => {
    it('does not restore what the suspension ended', async () => {
      await update({ is_active: false })
      await update({ is_active: true })
      assert.equal((await signIn(service, user.email)).status, 200)
      assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
      assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      assert.deepEqual(await eventTypesOf(service, user.id), ['user_suspended', 'user_activated'])
    })
  })

  it('does not end other users’ sessions or void the user’s undo code in a suspension', async () => {
    const other = await addUser(service)
    await insertCode(service, user.id, 'undo_email')
    await update({ is_active: false })
    assert.equal((await getMe(service, other.access)).status, 200)
    const codes = await service.sql('select purpose from codes where user_id = $1', [user.id])
    assert.deepEqual(codes, [{ purpose: 'undo_email' }])
  })

  describe('the role of a superuser in updateUser (security 49)', () => {
    it('is read from the database at the next request, not from the token', async () => {
      const list = () => service.call('listUsers', { token: user.access })
      assertProblem(await list(), 403, 'permission_denied')
      await update({ is_superuser: true })
      assert.equal((await list()).status, 200)
      await update({ is_superuser: false })
      for (const id of ['listUsers', 'createUser', 'getUser', 'updateUser', 'revokeUserSessions'] as const)
        assertProblem(
          await service.call(id, { token: user.access, path: { user_id: user.id } }),
          403,
          'permission_denied',
        )
      assert.equal((await getMe(service, user.access)).status, 200)
    })
  })

  describe('the last active superuser in updateUser (security 77)', () => {
    it('cannot be suspended or demoted, and no other member is changed', async () => {
      await service.sql('update users set is_superuser = false where id <> $1', [superuser.id])
      const suspended = await addUser(service, { superuser: true })
      await update({ is_active: false }, suspended.id)
      for (const change of [{ is_active: false }, { is_superuser: false }, { is_active: false, is_superuser: false }]) {
        const events = await eventsOf(service, superuser.id)
        assertProblem(await update({ first_name: 'Changed', ...change }, superuser.id), 409, 'last_superuser')
        assert.equal((await read(superuser.id))['first_name'], '')
        assert.deepEqual(await eventsOf(service, superuser.id), events)
      }
      assert.equal((await update({ is_superuser: false }, suspended.id)).status, 200) // A suspended superuser does not count.
      assert.equal((await update({ is_active: true, is_superuser: true }, superuser.id)).status, 200)
      await update({ is_superuser: true })
      const { status } = await update({ is_superuser: false }, superuser.id)
      assert.equal(status, 200)
      assertProblem(await service.call('listUsers', { token: superuser.access }), 403, 'permission_denied')
      await update({ is_superuser: true }, superuser.id, user.access)
    })
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x'])
      for (const body of [{}, { is_active: false }, { is_superuser: false }, { is_active: true }])
        assertProblem(await update(body, id), 404, 'not_found')
  })

  describeSuperusersOnly('updateUser', () => service, [{ nonsense: true }, { is_superuser: true }])

  describeCredentials('updateUser', () => service, {
    superuser: true,
    calls: ({ id: user_id }) => [
      { path: { user_id }, body: { surprise: 1 } },
      { path: { user_id }, body: { first_name: 'Changed' } },
    ],
  })

  describe('a malformed member of updateUser’s body (security 68)', () => {
    const cases: RefusedBody[] = [
      ['a first name of 151 characters', { first_name: 'x'.repeat(151) }, '/first_name max_length'],
      ['null as the first name', { first_name: null }, '/first_name type'],
      ['NUL', { last_name: '\u0000' }, '/last_name pattern'],
      ['a lone surrogate', { last_name: '\udfff' }, '/last_name format'],
      ['another language', { language: 'de' }, '/language enum'],
      ['a text as is_active', { is_active: 'false' }, '/is_active type'],
      ['a number as is_superuser', { is_superuser: 1 }, '/is_superuser type'],
    ]
    itRefusesBodies(cases, update, () => rowsOf(service, user))
  })

  describe('an unknown member of updateUser’s body (security 65, 75)', () => {
    const cases: RefusedBody[] = [
      ['an address', { email: 'other@example.com' }, '/email unknown_member'],
      ['an id', { id: randomUUID() }, '/id unknown_member'],
      ['a password', { password }, '/password unknown_member'],
    ]
    itRefusesBodies(cases, update, () => rowsOf(service, user))
  })

  describeUnreadableBodies('updateUser', () => service, { superuser: true })
})
