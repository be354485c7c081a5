import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, insertUser, type Person } from '../support/users.ts'
import { forgot, restore, signIn } from './support/requests.ts'

describe('the invitation mailed by createUser', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const invite = async (more: object = {}) => {
    const email = service.email()
    const { status, body } = await service.call('createUser', { body: { email, ...more }, token: superuser.access })
    assert.equal(status, 201, JSON.stringify(body))
    return { email, id: String(body['id']) }
  }
  const confirmed = async (id: string) => {
    const { body } = await service.call('getUser', { path: { user_id: id }, token: superuser.access })
    return body['email_confirmed']
  }
  const hashOf = (id: string) => service.sql('select password_hash from users where id = $1', [id])

  describe('its link (security 24)', () => {
    it('has the configured host, and sets the password', async () => {
      const { email, id } = await invite()
      const mail = await service.mailTo(email)
      assert.equal(mail.link, `http://accounts.test/account/restore-password/?code=${mail.code}`)
      assert.match(mail.subject, /^Your account at accounts\.test$/)
      assertUnauthorized(await signIn(service, email), 'no_active_account')
      assert.equal(await confirmed(id), false)
      assert.equal((await restore(service, mail.code)).status, 200)
      assert.equal(await confirmed(id), true)
      assert.equal((await signIn(service, email)).status, 200)
      assertProblem(await restore(service, mail.code), 400, 'code_invalid')
    })
  })

  it('is mailed in the language of the invited user', async () => {
    const { email } = await invite({ language: 'ru' })
    const { subject, text } = await service.mailTo(email)
    assert.equal(subject, 'Ваша учётная запись в accounts.test')
    assert.match(text, /в течение 7 дней/)
  })

  describe('its code (security 19, 21)', () => {
    it('is valid for 7 days and stored as a hash, and the user has no password yet', async () => {
      const { email, id } = await invite()
      const { code } = await service.mailTo(email)
      const [row] = await service.sql<{ hours: number; purpose: string }>(
        `select purpose, round(extract(epoch from expires_at - now()) / 3600)::float8 as hours from codes where user_id = $1`,
        [id],
      )
      assert.deepEqual(row, { purpose: 'restore', hours: 168 })
      assert.deepEqual(await hashOf(id), [{ password_hash: null }])
      await service.sql(`update codes set expires_at = now() where user_id = $1`, [id])
      assertProblem(await restore(service, code), 400, 'code_invalid')
    })
  })

  describe('a recovery after an invitation (security 22)', () => {
    it('voids the code of the invitation', async () => {
      const { email, id } = await invite()
      const invitation = await service.mailTo(email)
      await forgot(service, email)
      const recovery = await service.mailTo(email)
      assertProblem(await restore(service, invitation.code), 400, 'code_invalid')
      assert.equal((await restore(service, recovery.code)).status, 200)
      assert.equal(await confirmed(id), true)
    })
  })

  it('is not sent if a password is given or the user is suspended', async () => {
    const mails = await service.countMails()
    await invite({ password })
    const { email, id } = await invite({ is_active: false })
    const path = { user_id: id }
    await service.call('updateUser', { path, body: { is_active: true }, token: superuser.access })
    assert.equal(await service.countMails(), mails)
    await forgot(service, email)
    assert.equal((await restore(service, (await service.mailTo(email)).code)).status, 200)
  })

  for (const [title, change] of [
    ['was suspended', `update users set is_active = false where id = $1`],
    ['has set a password', `update users set email_confirmed = true where id = $1`],
    ['was deleted', `delete from users where id = $1`],
    ['has lost the address', `update emails set user_id = gen_random_uuid() where user_id = $1`],
  ] as const) {
    it(`is dropped if the user ${title} before it is sent`, async () => {
      const mails = await service.countMails()
      const id = await insertUser(service, service.email())
      const [row] = await service.sql<{ email: string }>(
        'update users set email_confirmed = false where id = $1 returning email',
        [id],
      )
      await service.sql(change, [id])
      await service.sql(
        `with mail as (insert into mails (id, kind, address, user_id) values (gen_random_uuid(), 'invitation', $1, $2) returning id)
         select graphile_worker.add_job('send_mail', json_build_object('id', mail.id)) from mail`,
        [row?.email, id],
      )
      assert.equal(await service.countMails(), mails)
      assert.deepEqual(await service.sql('select status from mails where user_id = $1', [id]), [{ status: 'dropped' }])
      assert.deepEqual(await service.sql('select 1 from codes where user_id = $1', [id]), [])
    })
  }

  describe('a suspension after an invitation (security 40)', () => {
    it('voids the code permanently', async () => {
      const { email, id } = await invite()
      const { code } = await service.mailTo(email)
      const change = (body: object) =>
        service.call('updateUser', { path: { user_id: id }, body, token: superuser.access })
      await change({ is_active: false })
      assertProblem(await restore(service, code), 400, 'code_invalid')
      await change({ is_active: true })
      assertProblem(await restore(service, code), 400, 'code_invalid')
    })
  })
})
