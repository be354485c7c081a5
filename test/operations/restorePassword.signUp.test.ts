import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { readMigrations } from '../../src/db/migrate.ts'
import { splitStatements } from '../../src/db/rawSql.ts'
import { fieldErrorsOf, assertProblem } from '../support/answers.ts'
import type { ReceivedMail } from '../support/receivedMail.ts'
import { rounds } from '../support/rounds.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService, type Answer } from '../support/service.ts'
import { addOwner, insertCode, insertRegistration } from '../support/users.ts'
import { changeAddress } from './support/emailChanges.ts'
import { activate, signIn } from './support/requests.ts'

const chosen = 'the password of the recovery'
const passwordOf = (who: string) => `the password of the ${who}`

describe('restorePassword for an address that only has registrations (security 89)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const register = async (who: string, email: string, more: object = {}) => {
    const word = passwordOf(who)
    const names = { first_name: who, last_name: who }
    const body = { email, password: word, password_confirm: word, ...names, ...more }
    const headers = { 'User-Agent': `Browser of the ${who}` }
    assert.equal((await service.call('registerUser', { body, headers })).status, 201)
    const mail = await service.mailTo(email)
    assert.match(mail.link, /\/users\/activate\//)
    return mail.code
  }
  type Request = 'forgotPassword' | 'resendActivation'
  const requestCode = async (email: string, operationId: Request = 'forgotPassword'): Promise<ReceivedMail> => {
    assert.equal((await service.call(operationId, { body: { email } })).status, 200)
    return service.mailTo(email)
  }
  const restore = (code: string, word = chosen) =>
    service.call('restorePassword', {
      body: { code, password: word, password_confirm: word },
      headers: { 'User-Agent': 'Browser of the recovery' },
    })
  const usersOf = (email: string) =>
    service.sql<{ id: string }>('select id from users where lower(email) = lower($1)', [email])
  const registrationsOf = (email: string) => service.sql('select from registrations where address = lower($1)', [email])

  for (const operationId of ['forgotPassword', 'resendActivation'] as const)
    for (const order of [['attacker'], ['attacker', 'owner'], ['owner', 'attacker']])
      it(`creates the account after ${operationId} if registered by ${order.join(', then ')}`, async () => {
        const email = service.email()
        const activations: string[] = []
        for (const who of order) activations.push(await register(who, email))
        const { code, link, subject } = await requestCode(email, operationId)
        assert.match(subject, /^Finish signing up/)
        assert.equal(link, `http://accounts.test/account/restore-password/?code=${code}`)
        assertProblem(await activate(service, code), 400, 'code_invalid')
        assert.deepEqual(await usersOf(email), [])

        const { status, body } = await restore(code)
        assert.deepEqual([status, body], [200, { detail: 'The new password is set. Sign in with it.' }])
        assert.deepEqual(await registrationsOf(email), [])
        for (const mailed of activations) assertProblem(await activate(service, mailed), 400, 'code_invalid')
        for (const who of order) assert.equal((await signIn(service, email, passwordOf(who))).status, 401)
        assert.equal((await signIn(service, email, chosen)).status, 200)
      })

  it('keeps the language of the registration, but not its names or password', async () => {
    const email = service.email()
    await register('attacker', email.replace('u', 'U'), { language: 'ru' })
    const mail = await requestCode(email)
    assert.match(mail.subject, /^Завершите регистрацию/)
    assert.equal((await restore(mail.code)).status, 200)
    const [user] = await service.sql<{
      id: string
      password_hash: Buffer
      date_joined: Date
      sessions_valid_after: number
    }>('select * from users where email = $1', [email])
    assert.ok(user && user.password_hash.length > 1)
    const { id, password_hash: _, date_joined: joined, sessions_valid_after: __, ...members } = user
    assert.deepEqual(members, {
      email,
      first_name: '',
      last_name: '',
      language: 'ru',
      is_active: true,
      is_superuser: false,
      email_confirmed: true,
      last_login: null,
      search_text: `${email}  `,
      sessions_ended_by: null,
    })
    assert.ok(Date.now() - new Date(joined).getTime() < 60_000)
    const devices = await service.sql('select device from devices where user_id = $1', [id])
    assert.deepEqual(devices, [{ device: 'Browser of the recovery' }])
    const event = { type: 'password_restored', actor_id: null, ip_address: '127.0.0.1' }
    assert.deepEqual(await eventsOf(service, id), [{ ...event, user_agent: 'Browser of the recovery' }])
    await service.countMails()
    assert.deepEqual(await service.sql(`select from mails where user_id = $1 and kind = 'password_changed'`, [id]), [])
  })

  it('ignores an attacker’s registration that was made after the code was mailed', async () => {
    const email = service.email()
    await register('owner', email)
    const { code } = await requestCode(email)
    const attackers = await register('attacker', email)
    assert.equal((await restore(code)).status, 200)
    assertProblem(await activate(service, attackers), 400, 'code_invalid')
    assert.equal((await signIn(service, email, passwordOf('attacker'))).status, 401)
    assert.equal((await signIn(service, email, chosen)).status, 200)
  })

  it('sets the password of the account if the registration was activated meanwhile', async () => {
    const email = service.email()
    const activation = await register('owner', email)
    const { code } = await requestCode(email)
    assert.equal((await activate(service, activation)).status, 200)
    assert.equal((await restore(code)).status, 200)
    assert.equal((await usersOf(email)).length, 1)
    assert.equal((await signIn(service, email, passwordOf('owner'))).status, 401)
    assert.equal((await signIn(service, email, chosen)).status, 200)
  })

  it('refuses the code if another registration of the address was activated meanwhile', async () => {
    const email = service.email()
    await register('attacker', email)
    const { code } = await requestCode(email)
    assert.equal((await activate(service, await register('owner', email))).status, 200)
    assertProblem(await restore(code), 400, 'code_invalid')
    assert.equal((await signIn(service, email, passwordOf('owner'))).status, 200)
  })

  it('accepts the code once; a refused password does not use it up', async () => {
    const email = service.email()
    await register('owner', email)
    const { code } = await requestCode(email)
    const short = await restore(code, '1234567')
    assertProblem(short, 400, 'invalid')
    assert.deepEqual(fieldErrorsOf(short), ['/password password_too_short'])
    assert.equal((await restore(code)).status, 200)
    assertProblem(await restore(code), 400, 'code_invalid')
    assertProblem(await restore(code, 'another password'), 400, 'code_invalid')
    assert.equal((await signIn(service, email, chosen)).status, 200)
  })

  describe('50 simultaneous requests with one code (security 20)', () => {
    it('create one account', async () => {
      const email = service.email()
      await register('owner', email)
      const { code } = await requestCode(email)
      const words = Array.from({ length: 50 }, (_, index) => `the password of request ${index}`)
      const answers = await Promise.all(words.map((word) => restore(code, word)))
      const winner = answers.findIndex(({ status }) => status === 200)
      answers.splice(winner, 1)
      for (const answer of answers) assertProblem(answer, 400, 'code_invalid')
      const [user, ...more] = await usersOf(email)
      assert.ok(user && more.length === 0)
      assert.equal((await eventsOf(service, user.id)).length, 1)
      assert.equal((await signIn(service, email, String(words[winner]))).status, 200)
    })
  })

  it(`creates only one account during simultaneous activations, in ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const email = service.email()
      const [own, sibling] = [await insertRegistration(service, email), await insertRegistration(service, email)]
      const requests: (() => Promise<Answer>)[] = [
        () => activate(service, own.code),
        () => activate(service, sibling.code),
      ]
      for (const { id } of [own, sibling]) {
        const code = await insertCode(service, id, 'restore')
        requests.splice(round % 3, 0, () => restore(code))
      }
      const answers = await Promise.all(requests.map((send) => send()))
      for (const { status, body } of answers)
        assert.ok(status === 200 || body['code'] === 'code_invalid', JSON.stringify(body))
      assert.equal((await usersOf(email)).length, 1)
      assert.equal((await service.sql('select from emails where address = $1', [email])).length, 1)
      assert.deepEqual(await registrationsOf(email), [])
    }
    await sleep(1500) // PostgreSQL counts deadlocks with a delay.
    const counted = 'select deadlocks::integer from pg_stat_database where datname = current_database()'
    assert.deepEqual(await service.sql(counted), [{ deadlocks: 0 }])
  })

  it('refuses the code of an expired registration, and sends no mail for it', async () => {
    const email = service.email()
    await register('owner', email)
    const { code } = await requestCode(email)
    await service.sql('update registrations set expires_at = now() where address = $1', [email])
    assertProblem(await restore(code), 400, 'code_invalid')
    const sent = await service.countMails()
    for (const operationId of ['forgotPassword', 'resendActivation'] as const)
      assert.equal((await service.call(operationId, { body: { email } })).status, 200)
    assert.equal(await service.countMails(), sent)
  })

  for (const [what, leavesIt] of [
    ['another user has taken by a change of address', false],
    ['is held for its former owner', true],
  ] as const)
    it(`refuses the code for an address that ${what}`, async () => {
      const email = service.email()
      const other = await addOwner(service)
      await register('owner', email)
      const { code } = await requestCode(email)
      await changeAddress(service, other, other.email, email)
      if (leavesIt) await changeAddress(service, other, email, service.email())
      const before = await service.sql('select * from emails where address = $1', [email])
      assertProblem(await restore(code), 400, 'code_invalid')
      assert.deepEqual(await service.sql('select * from emails where address = $1', [email]), before)
      assert.deepEqual(await usersOf(email), leavesIt ? [] : [{ id: other.id }])
    })

  describe('a failed transaction of restorePassword (security 37)', () => {
    it('leaves the code usable', async () => {
      const email = service.email()
      await register('owner', email)
      const { code } = await requestCode(email)
      await service.sql(`alter table users add constraint no_users check (false) not valid`)
      try {
        assertProblem(await restore(code), 500, 'internal')
      } finally {
        await service.sql('alter table users drop constraint no_users')
      }
      assert.equal((await restore(code)).status, 200)
    })
  })

  describe('migration 0004', () => {
    it('voids activation codes that anyone could request with an email address alone', async () => {
      const email = service.email()
      const { id, code } = await insertRegistration(service, email)
      const other = await insertRegistration(service, service.email())
      await service.sql(
        `with code as (select mail_id, user_id from codes where user_id in ($1, $2))
         insert into mails (id, kind, address, user_id, status)
         select mail_id, 'activation', $3, case user_id when $1 then null else user_id end, 'sent' from code`,
        [id, other.id, email],
      )
      const statements = (await readMigrations()).flatMap(({ text }) => splitStatements(text))
      const voiding = statements.filter((statement) => statement.includes('delete from codes'))
      assert.equal(voiding.length, 1)
      await service.sql(voiding.join())
      assertProblem(await activate(service, code), 400, 'code_invalid')
      assert.equal((await activate(service, other.code)).status, 200)
    })
  })
})
