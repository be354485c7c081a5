import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem, assertUnauthorized } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { insertCode, addUser, quickHash, type Person } from '../support/users.ts'
import { eventsOf, eventTypesOf } from '../support/securityEvents.ts'

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
  const signIn = () => service.call('createToken', { body: { email: user.email, password } })
  const me = (person = user) => service.call('getMe', { token: person.access })
  const refresh = () => service.call('refreshToken', { body: { refresh: user.refresh } })
  const found = async (search: string) => {
    const { body } = await service.call('listUsers', { query: { search }, token: superuser.access })
    return (body['results'] as { id: string }[]).map(({ id }) => id)
  }

  for (const [member, value] of [
    ['first_name', 'Тест'],
    ['last_name', 'O’Brien <b>"&'],
    ['language', 'ru'],
    ['is_active', false],
    ['is_superuser', true],
  ] as const) {
    it(`changes ${member} alone`, async () => {
      const before = await read()
      const { status, body } = await update({ [member]: value })
      assert.equal(status, 200)
      assert.deepEqual(body, { ...before, [member]: value })
      assert.deepEqual(await read(), body)
    })
  }

  describe('its events (security 78)', () => {
    it('are one of each kind, with the actor and the client', async () => {
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

    it('are not recorded for what does not change', async () => {
      const before = await read()
      const same = { first_name: '', last_name: '', language: 'en', is_active: true, is_superuser: false }
      for (const body of [{}, same, { is_active: true }]) assert.deepEqual((await update(body)).body, before)
      assert.deepEqual(await eventsOf(service, user.id), [])
      assert.equal((await me()).status, 200)
    })
  })

  it('keeps the search text with the names', async () => {
    await update({ first_name: 'Ксенофонт', last_name: 'Zyxwvut' })
    assert.deepEqual([await found('ксенофонт zyx'), await found(user.email)], [[user.id], [user.id]])
    await update({ first_name: 'Other' })
    assert.deepEqual([await found('ксенофонт'), await found('OTHER zyxwvut')], [[], [user.id]])
  })

  describe('a suspension (security 12, 40)', () => {
    it('ends sessions, tokens, codes and the sign-in at once', async () => {
      const code = await insertCode(service, user.id, 'restore')
      assert.equal((await update({ is_active: false })).status, 200)
      assertUnauthorized(await me(), 'user_inactive')
      assertUnauthorized(await refresh(), 'token_not_valid')
      assertUnauthorized(await signIn(), 'no_active_account')
      const body = { code, password, password_confirm: password }
      assertProblem(await service.call('restorePassword', { body }), 400, 'code_invalid')
      const rows = await service.sql(
        'select ended_at is not null as ended, ended_by from sessions where user_id = $1',
        [user.id],
      )
      assert.deepEqual(rows, [{ ended: true, ended_by: 'suspended' }])
      assert.deepEqual(await service.sql('select 1 from codes where user_id = $1', [user.id]), [])
      const mails = await service.countMails()
      await service.call('forgotPassword', { body: { email: user.email } })
      assert.equal(await service.countMails(), mails)
    })
  })

  describe('a later activation (security 40)', () => {
    it('does not restore what the suspension ended', async () => {
      await update({ is_active: false })
      await update({ is_active: true })
      assert.equal((await signIn()).status, 200)
      assertUnauthorized(await me(), 'token_not_valid')
      assertUnauthorized(await refresh(), 'token_not_valid')
      assert.deepEqual(await eventTypesOf(service, user.id), ['user_suspended', 'user_activated'])
    })
  })

  it('keeps the sessions of others, and the undo of a change of address', async () => {
    const other = await addUser(service)
    await insertCode(service, user.id, 'undo_email')
    await update({ is_active: false })
    assert.equal((await me(other)).status, 200)
    const codes = await service.sql('select purpose from codes where user_id = $1', [user.id])
    assert.deepEqual(codes, [{ purpose: 'undo_email' }])
  })

  describe('the right of a superuser (security 49)', () => {
    it('begins and ends with the next request, whatever the token says', async () => {
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
      assert.equal((await me()).status, 200)
    })
  })

  describe('the last active superuser (security 77)', () => {
    it('is neither suspended nor demoted, and nothing else is changed', async () => {
      await service.sql('update users set is_superuser = false where id <> $1', [superuser.id])
      const suspended = await addUser(service, { superuser: true })
      await update({ is_active: false }, suspended.id)
      for (const change of [{ is_active: false }, { is_superuser: false }, { is_active: false, is_superuser: false }]) {
        const events = await eventsOf(service, superuser.id)
        assertProblem(await update({ first_name: 'Changed', ...change }, superuser.id), 409, 'last_superuser')
        assert.equal((await read(superuser.id))['first_name'], '')
        assert.deepEqual(await eventsOf(service, superuser.id), events)
      }
      assert.equal((await update({ is_superuser: false }, suspended.id)).status, 200) // who is suspended keeps nobody
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

  it('is for superusers, who are asked for before the body is read: 403, 401 (security 76)', async () => {
    for (const id of [user.id, superuser.id])
      assertProblem(await update({ nonsense: true }, id, user.access), 403, 'permission_denied')
    const path = { user_id: user.id }
    assertUnauthorized(await service.call('updateUser', { path, body: { is_superuser: true } }), 'not_authenticated')
  })

  it('refuses bodies of another form, and names each member (security 65, 68, 75)', async () => {
    for (const [change, fault] of [
      [{ first_name: 'x'.repeat(151) }, '/first_name max_length'],
      [{ first_name: null }, '/first_name type'],
      [{ last_name: '\u0000' }, '/last_name pattern'],
      [{ last_name: '\udfff' }, '/last_name format'],
      [{ language: 'de' }, '/language enum'],
      [{ is_active: 'false' }, '/is_active type'],
      [{ is_superuser: 1 }, '/is_superuser type'],
      [{ email: 'other@example.com' }, '/email unknown_member'],
      [{ id: superuser.id }, '/id unknown_member'],
      [{ password }, '/password unknown_member'],
    ] as const) {
      const answer = await update(change)
      assertProblem(answer, 400, 'invalid')
      assert.ok(fieldErrorsOf(answer).includes(fault), `${JSON.stringify(answer.body)} does not name ${fault}`)
    }
  })

  it('refuses what is no JSON with 415, and more than 64 KiB with 413 (security 62, 63)', async () => {
    const send = (body: string, type: string) =>
      service.fetch(`/api/v1/users/${user.id}/`, {
        method: 'PATCH',
        headers: { Authorization: `Bearer ${superuser.access}`, 'Content-Type': type },
        body,
      })
    assertProblem(await send('{}', 'application/merge-patch+json'), 415, 'unsupported_media_type')
    const large = JSON.stringify({ first_name: 'x'.repeat(65_536) })
    assertProblem(await send(large, 'application/json'), 413, 'content_too_large')
  })
})
