import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertInvalid, assertProblem, assertUnauthorized } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addUser, insertRegistration, insertUser, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials } from './support/describeCredentials.ts'
import { activate, signIn } from './support/requests.ts'

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

  it('stores all members, lets the user sign in at once, and sends no mail', async () => {
    const email = 'Mixed.Case@Example.COM'
    const names = { first_name: 'Тест', last_name: 'Тестов', language: 'ru' }
    const mails = await service.countMails()
    const { status, body } = await create({ email, password, ...names, is_active: true, is_superuser: false })
    const { id, date_joined, ...rest } = body
    assert.equal(status, 201)
    assert.ok(date_joined)
    const state = { is_active: true, is_superuser: false, email_confirmed: false, email_suppressed: false }
    assert.deepEqual(rest, { email: 'Mixed.Case@example.com', ...names, ...state })
    assert.equal((await signIn(service, 'mixed.case@example.com')).status, 200)
    const read = await service.call('getUser', { path: { user_id: String(id) }, token: superuser.access })
    const { last_login, ...stored } = read.body
    assert.ok(last_login)
    assert.deepEqual(stored, body)
    assert.equal(await service.countMails(), mails)
  })

  it('creates an active, nameless user in English from an email address alone', async () => {
    const email = service.email()
    const { status, body } = await create({ email })
    const { id: _, date_joined: _joined, ...rest } = body
    const names = { first_name: '', last_name: '', language: 'en' }
    assert.deepEqual(
      { status, ...rest },
      {
        status: 201,
        email,
        ...names,
        is_active: true,
        is_superuser: false,
        email_confirmed: false,
        email_suppressed: false,
      },
    )
  })

  describe('the events of createUser (security 78)', () => {
    it('contain the actor and the client, and report the superuser role', async () => {
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
    assertUnauthorized(await signIn(service, email), 'no_active_account')
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

  describe('a taken email address in createUser (security 26)', () => {
    it('is refused in any spelling, and nothing is stored', async () => {
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

  it('refuses an email address that is held for its former owner', async () => {
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

  describe('pending registrations of the new user’s email address (security 31)', () => {
    it('are deleted with their codes and passwords', async () => {
      const email = service.email()
      const registration = await insertRegistration(service, email)
      await insertRegistration(service, email)
      const { body } = await create({ email, password })
      assertProblem(await activate(service, registration.code), 400, 'code_invalid')
      assert.equal((await signIn(service, email)).status, 200)
      assert.deepEqual(await service.sql('select id::text from users where email = $1', [email]), [{ id: body['id'] }])
      assert.deepEqual(await service.sql('select 1 from registrations where address = $1', [email]), [])
    })
  })

  describe('20 simultaneous activations and createUser requests (security 20)', () => {
    it('give an email address to only one user', async () => {
      const email = service.email()
      const codes = await Promise.all(Array.from({ length: 20 }, () => insertRegistration(service, email)))
      const answers = await Promise.all(
        codes.flatMap(({ code }) => [create({ email, is_active: false }), activate(service, code)]),
      )
      const claimed = ({ status, body }: Answer) => status < 300 && body['superseded'] === undefined
      assert.equal(answers.filter(claimed).length, 1)
      for (const { status, body } of answers.filter((answer) => answer.status >= 300))
        assert.match(`${status} ${String(body['code'])}`, /^(409 email_taken|400 code_invalid)$/)
      assert.equal((await service.sql('select 1 from users where email = $1', [email])).length, 1)
      assert.equal((await service.sql('select 1 from emails where address = $1', [email])).length, 1)
    })
  })

  describe('the password in createUser (security 1)', () => {
    it('must have at least PASSWORD_MIN_LENGTH code points', async () => {
      assertInvalid(await create({ email: service.email(), password: '😀'.repeat(7) }), '/password')
      assert.equal((await create({ email: service.email(), password: '😀'.repeat(8) })).status, 201)
    })
  })

  describeCredentials('createUser', () => service, {
    superuser: true,
    calls: () => [{ body: { surprise: 1 } }, { body: { email: service.email() } }],
  })

  describe('access to createUser (security 49, 76)', () => {
    it('is limited to superusers, is checked before the body, and ends with the role', async () => {
      const user = await addUser(service)
      assertProblem(await create({ nonsense: true }, user.access), 403, 'permission_denied')
      assertUnauthorized(await service.call('createUser', { body: { nonsense: true } }), 'not_authenticated')
      await service.sql('update users set is_superuser = true where id = $1', [user.id])
      assertInvalid(await create({ nonsense: true }, user.access), '/nonsense', '/email')
      await service.sql('update users set is_superuser = false where id = $1', [user.id])
      assertProblem(await create({ email: service.email() }, user.access), 403, 'permission_denied')
    })
  })

  /** Sends a valid request with some members changed. */
  const send = (changes: object) => create({ email: service.email(), password, ...changes })
  const counts = () => service.sql('select (select count(*) from users) u, (select count(*) from security_events) e')

  describe('a malformed member of createUser’s body (security 6, 68)', () => {
    const cases: RefusedBody[] = [
      ['no address', { email: undefined }, '/email required'],
      ['another text as the address', { email: 'nobody' }, '/email format'],
      ['a number as the address', { email: 12345678 }, '/email type'],
      ['a number as the password', { password: 12345678 }, '/password type'],
      ['null as the password', { password: null }, '/password type'],
      ['a lone surrogate', { password: 'lone \ud800 surrogate' }, '/password format'],
      ['NUL', { password: 'nul \u0000 nul nul' }, '/password pattern'],
      ['a password of 257 characters', { password: 'x'.repeat(257) }, '/password max_length'],
      ['a first name of 151 characters', { first_name: 'x'.repeat(151) }, '/first_name max_length'],
      ['NUL in the last name', { last_name: '\u0000' }, '/last_name pattern'],
      ['another language', { language: 'de' }, '/language enum'],
      ['a text as is_active', { is_active: 'false' }, '/is_active type'],
      ['a number as is_superuser', { is_superuser: 1 }, '/is_superuser type'],
    ]
    itRefusesBodies(cases, send, counts)
  })

  describe('an unknown member of createUser’s body (security 65, 75)', () => {
    const cases: RefusedBody[] = [
      ['an id', { id: randomUUID() }, '/id unknown_member'],
      ['email_confirmed', { email_confirmed: true }, '/email_confirmed unknown_member'],
      ['a second password', { password_confirm: password }, '/password_confirm unknown_member'],
    ]
    itRefusesBodies(cases, send, counts)
  })

  describeUnreadableBodies('createUser', () => service, { superuser: true })
})
