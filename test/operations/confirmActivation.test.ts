import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { insertCode, insertRegistration } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'

const active = { detail: 'The account is active.' }
const alreadyActive = { detail: 'The account is already active.' }
const superseded = {
  detail: 'The account is already active. If you did not choose its password yourself, recover it.',
  superseded: true,
}

describe('confirmActivation', () => {
  let service: TestService
  let email: string
  let registration: { id: string; code: string }

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    email = service.email()
    registration = await insertRegistration(service, email)
  })

  const confirm = (code: string, headers: Record<string, string> = {}) =>
    service.call('confirmActivation', { body: { code }, headers })
  const usersNow = async () =>
    (await service.sql<{ id: string }>('select id from users where email = $1', [email])).map(({ id }) => id)

  describe('the confirmation of a registration (security 30)', () => {
    it('activates the account, and replies to a repeated call that it is already active', async () => {
      assert.deepEqual((await confirm(registration.code, { Accept: 'text/html' })).body, active)
      assert.deepEqual(await usersNow(), [registration.id])
      const { status, headers, body } = await confirm(registration.code)
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.deepEqual(body, alreadyActive)
    })
  })

  describe('50 simultaneous confirmations of a registration (security 20)', () => {
    it('activate the account once', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(registration.code)))
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array.from({ length: 50 }, () => 200),
      )
      const details = answers.map(({ body }) => body['detail']).sort()
      assert.deepEqual(details, [active.detail, ...Array.from({ length: 49 }, () => alreadyActive.detail)])
      assert.deepEqual(await usersNow(), [registration.id])
    })
  })

  describe('several registrations of one email address', () => {
    it('create one account if all are confirmed simultaneously', async () => {
      const others = await Promise.all(Array.from({ length: 9 }, () => insertRegistration(service, email)))
      const all = [registration, ...others]
      const answers = await Promise.all(all.map(({ code }) => confirm(code)))
      const winners = all.filter((_, index) => answers[index]?.body['detail'] === active.detail)
      assert.deepEqual(
        await usersNow(),
        winners.map(({ id }) => id),
      )
      assert.equal(winners.length, 1)
      for (const { status, body } of answers) {
        assert.equal(status, 200)
        assert.ok([active, superseded].some(({ detail }) => detail === body['detail']))
      }
      assert.deepEqual(await service.sql('select from registrations where address = $1', [email]), [])
    })

    it('are superseded by the first confirmed one, and then change nothing', async () => {
      const { code } = await insertRegistration(service, email)
      await service.sql(`update registrations set password_hash = '\\x01' where user_id <> $1`, [registration.id])
      await confirm(registration.code)
      const userNow = () => service.sql('select * from users where email = $1', [email])
      const before = await userNow()
      for (let time = 0; time < 2; time++) {
        const { status, body } = await confirm(code)
        assert.deepEqual([status, body], [200, superseded])
        const headers = { Accept: 'application/json' }
        assert.deepEqual((await service.call('activateUser', { query: { code }, headers })).body, superseded)
      }
      assert.deepEqual(await userNow(), before)
      assert.deepEqual((await confirm(registration.code)).body, alreadyActive)
      // A code whose random part is wrong does not reveal the registration.
      const wrong = (await insertRegistration(service, service.email())).code
      assertProblem(await confirm(code.slice(0, 22) + wrong.slice(22)), 400, 'code_invalid')
      await service.sql('update users set is_active = false where email = $1', [email])
      assertProblem(await confirm(code), 400, 'code_invalid')
      await service.sql('delete from users where email = $1', [email])
      assertProblem(await confirm(code), 400, 'code_invalid')
    })

    it('do not reveal the account when an expired code is used', async () => {
      const late = await insertRegistration(service, email)
      await confirm(registration.code)
      await service.sql(`update codes set expires_at = now() where user_id = $1`, [late.id])
      assertProblem(await confirm(late.code), 400, 'code_invalid')
    })
  })

  describe('an account that was suspended or deleted', () => {
    it('is not revealed by a used code', async () => {
      await confirm(registration.code)
      await service.sql('update users set is_active = false where id = $1', [registration.id])
      assertProblem(await confirm(registration.code), 400, 'code_invalid')
      await service.sql('delete from users where id = $1', [registration.id])
      assertProblem(await confirm(registration.code), 400, 'code_invalid')
    })
  })

  it('does not activate a registration that is older than 7 days', async () => {
    const [row] = await service.sql<{ days: number }>(
      `select extract(day from expires_at - created_at)::integer as days from registrations where user_id = $1`,
      [registration.id],
    )
    assert.equal(row?.days, 7)
    await service.sql(`update registrations set expires_at = now() - interval '1 second' where user_id = $1`, [
      registration.id,
    ])
    assertProblem(await confirm(registration.code), 400, 'code_invalid')
    assert.deepEqual(await usersNow(), [])
  })

  describe('a failed transaction of confirmActivation (security 37)', () => {
    it('leaves the code usable', async () => {
      await service.sql(`alter table users add constraint no_users check (false) not valid`)
      try {
        assertProblem(await confirm(registration.code), 500, 'internal')
      } finally {
        await service.sql('alter table users drop constraint no_users')
      }
      assert.deepEqual((await confirm(registration.code)).body, active)
    })
  })

  describe('a recovery code in confirmActivation (security 22)', () => {
    it('is refused and remains usable', async () => {
      await confirm(registration.code)
      const code = await insertCode(service, registration.id, 'restore')
      assertProblem(await confirm(code), 400, 'code_invalid')
      assert.equal(
        (await service.sql('select from codes where user_id = $1 and used_at is null', [registration.id])).length,
        1,
      )
    })
  })

  describeBodies('confirmActivation', () => service, { code: 'a code' })
})
