import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem, assertInvalid, assertUnauthorized } from '../support/answers.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { insertRegistration, insertUser, addUser, type Person } from '../support/users.ts'
import { eventsOf } from '../support/securityEvents.ts'

describe('createUser', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const create = (body: unknown, token = superuser.access, headers = {}) =>
    service.call('createUser', { body, token, headers })
  const signIn = (email: string) => service.call('createToken', { body: { email, password } })

  it('stores all members; the user signs in at once and gets no mail', async () => {
    const email = 'Mixed.Case@Example.COM'
    const names = { first_name: 'Тест', last_name: 'Тестов', language: 'ru' }
    const mails = await service.countMails()
    const { status, body } = await create({ email, password, ...names, is_active: true, is_superuser: false })
    const { id, date_joined, ...rest } = body
    assert.equal(status, 201)
    assert.ok(date_joined)
    const state = { is_active: true, is_superuser: false, email_confirmed: false }
    assert.deepEqual(rest, { email: 'Mixed.Case@example.com', ...names, ...state })
    assert.equal((await signIn('mixed.case@example.com')).status, 200)
    const read = await service.call('getUser', { path: { user_id: String(id) }, token: superuser.access })
    const { last_login, ...stored } = read.body
    assert.ok(last_login)
    assert.deepEqual(stored, body)
    assert.equal(await service.countMails(), mails)
  })

  it('creates an active, nameless, English user from an address alone', async () => {
    const email = service.email()
    const { status, body } = await create({ email })
    const { id: _, date_joined: _joined, ...rest } = body
    const names = { first_name: '', last_name: '', language: 'en' }
    assert.deepEqual(
      { status, ...rest },
      { status: 201, email, ...names, is_active: true, is_superuser: false, email_confirmed: false },
    )
  })

  describe('its events (security 78)', () => {
    it('have the actor and the client, and report a granted right', async () => {
      const headers = { 'User-Agent': 'admin console' }
      const actor = { actor_id: superuser.id, ip_address: '127.0.0.1', user_agent: 'admin console' }
      const user = await create({ email: service.email(), password, language: 'en' }, superuser.access, headers)
      assert.deepEqual(await eventsOf(service, String(user.body['id'])), [{ type: 'user_created', ...actor }])
      const other = await create({ email: service.email(), password, is_superuser: true }, superuser.access, headers)
      assert.deepEqual(await eventsOf(service, String(other.body['id'])), [
        { type: 'user_created', ...actor },
        { type: 'superuser_granted', ...actor },
      ])
    })
  })

  it('creates a suspended user, who cannot sign in', async () => {
    const email = service.email()
    const { status, body } = await create({ email, password, is_active: false })
    assert.deepEqual([status, body['is_active']], [201, false])
    assertUnauthorized(await signIn(email), 'no_active_account')
  })

  it('makes the user searchable at once', async () => {
    const email = service.email()
    const { body } = await create({ email, first_name: 'ЁЛКА', last_name: 'Ｗｉｄｅ' })
    for (const search of ['ёлка', 'елка', 'wide', email]) {
      const { body: page } = await service.call('listUsers', { query: { search }, token: superuser.access })
      const found = (page['results'] as { id: string }[]).some(({ id }) => id === body['id'])
      assert.equal(found, search !== 'елка', search)
    }
  })

  describe('a taken address (security 26)', () => {
    it('is refused in any spelling, and nothing is written', async () => {
      await insertUser(service, 'taken@bücher.example')
      await service.sql(
        `update emails set address = 'taken@xn--bcher-kva.example' where address = 'taken@bücher.example'`,
      )
      const before = await service.sql(
        'select (select count(*) from users) u, (select count(*) from security_events) e',
      )
      for (const email of ['taken@bücher.example', 'TAKEN@BÜCHER.example', 'taken＠xn--bcher-kva.example'])
        assertProblem(await create({ email, password }), 409, 'email_taken')
      const after = await service.sql('select (select count(*) from users) u, (select count(*) from security_events) e')
      assert.deepEqual(after, before)
    })
  })

  it('refuses an address while it is held after a change', async () => {
    const owner = await addUser(service)
    const held = service.email()
    await service.sql(
      `insert into emails (address, user_id, kind, held_until) values ($1, $2, 'held', now() + interval '1 day')`,
      [held, owner.id],
    )
    assertProblem(await create({ email: held, password }), 409, 'email_taken')
    await service.sql(`update emails set held_until = now() - interval '1 second' where address = $1`, [held])
    assert.equal((await create({ email: held, password })).status, 201)
  })

  describe('pending registrations (security 31)', () => {
    it('lose the address: their codes and passwords are void', async () => {
      const email = service.email()
      const registration = await insertRegistration(service, email)
      await insertRegistration(service, email)
      const { body } = await create({ email, password })
      assertProblem(await service.call('confirmActivation', { body: { code: registration.code } }), 400, 'code_invalid')
      assert.equal((await signIn(email)).status, 200)
      assert.deepEqual(await service.sql('select id::text from users where email = $1', [email]), [{ id: body['id'] }])
      assert.deepEqual(await service.sql('select 1 from registrations where address = $1', [email]), [])
    })
  })

  describe('20 activations and requests at once (security 20)', () => {
    it('give an address one owner', async () => {
      const email = service.email()
      const codes = await Promise.all(Array.from({ length: 20 }, () => insertRegistration(service, email)))
      const answers = await Promise.all(
        codes.flatMap(({ code }) => [
          create({ email, is_active: false }),
          service.call('confirmActivation', { body: { code } }),
        ]),
      )
      const claimed = ({ status, body }: Answer) => status < 300 && body['superseded'] === undefined
      assert.equal(answers.filter(claimed).length, 1)
      for (const { status, body } of answers.filter((answer) => answer.status >= 300))
        assert.match(`${status} ${String(body['code'])}`, /^(409 email_taken|400 code_invalid)$/)
      assert.equal((await service.sql('select 1 from users where email = $1', [email])).length, 1)
      assert.equal((await service.sql('select 1 from emails where address = $1', [email])).length, 1)
    })
  })

  describe('the password (security 1)', () => {
    it('has the minimum length of the setting, in code points', async () => {
      assertInvalid(await create({ email: service.email(), password: '😀'.repeat(7) }), '/password')
      assert.equal((await create({ email: service.email(), password: '😀'.repeat(8) })).status, 201)
    })
  })

  it('is for superusers, who are asked for before the body is read: 403, 401 (security 76)', async () => {
    const user = await addUser(service)
    assertProblem(await create({ nonsense: true }, user.access), 403, 'permission_denied')
    assertUnauthorized(await service.call('createUser', { body: { nonsense: true } }), 'not_authenticated')
    await service.sql('update users set is_superuser = true where id = $1', [user.id])
    assertInvalid(await create({ nonsense: true }, user.access), '/nonsense', '/email')
    await service.sql('update users set is_superuser = false where id = $1', [user.id])
    assertProblem(await create({ email: service.email() }, user.access), 403, 'permission_denied')
  })

  it('refuses bodies of another form, and names each member (security 6, 65, 68, 75)', async () => {
    const good = { email: service.email(), password }
    const faults: [object, string][] = [
      [{ email: 'nobody' }, '/email format'],
      [{ email: 12345678 }, '/email type'],
      [{ password: 12345678 }, '/password type'],
      [{ password: null }, '/password type'],
      [{ password: 'lone \ud800 surrogate' }, '/password format'],
      [{ password: 'nul \u0000 nul nul' }, '/password pattern'],
      [{ password: 'x'.repeat(257) }, '/password max_length'],
      [{ first_name: 'x'.repeat(151) }, '/first_name max_length'],
      [{ last_name: '\u0000' }, '/last_name pattern'],
      [{ language: 'de' }, '/language enum'],
      [{ is_active: 'false' }, '/is_active type'],
      [{ is_superuser: 1 }, '/is_superuser type'],
      [{ id: superuser.id }, '/id unknown_member'],
      [{ email_confirmed: true }, '/email_confirmed unknown_member'],
      [{ password_confirm: password }, '/password_confirm unknown_member'],
    ]
    for (const [change, fault] of faults) {
      const answer = await create({ ...good, ...change })
      assertProblem(answer, 400, 'invalid')
      assert.ok(fieldErrorsOf(answer).includes(fault), `${JSON.stringify(answer.body)} does not name ${fault}`)
    }
    assertInvalid(await create({ password }), '/email')
  })

  it('refuses what is no JSON with 415, and more than 64 KiB with 413 (security 62, 63)', async () => {
    const send = (body: string, type: string) =>
      service.fetch('/api/v1/users/', {
        method: 'POST',
        headers: { Authorization: `Bearer ${superuser.access}`, 'Content-Type': type },
        body,
      })
    assertProblem(await send('email=a@example.com', 'application/x-www-form-urlencoded'), 415, 'unsupported_media_type')
    const large = JSON.stringify({ email: service.email(), first_name: 'x'.repeat(65_536) })
    assertProblem(await send(large, 'application/json'), 413, 'content_too_large')
  })
})
