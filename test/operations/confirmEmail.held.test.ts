import assert from 'node:assert/strict'
import { assertProblem, withoutIds } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addOwner, insertRegistration, type Person } from '../support/users.ts'
import { addressesOf, changeAddress, confirm, requestChange, requestMail, signsIn } from './support/emailChanges.ts'
import { activate, forgot, register } from './support/requests.ts'

describe('an email address that confirmEmail holds for its former owner', () => {
  let service: TestService
  let user: Person
  let held: string
  let current: string

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
    held = user.email
    current = service.email()
    await changeAddress(service, user, held, current)
  })

  const expire = () =>
    service.sql(`update emails set held_until = now() - interval '1 second' where address = $1`, [held])
  const statusOf = async (kind: string, address: string) => {
    await service.countMails()
    const rows = await service.sql<{ status: string }>(
      'select status from mails where kind = $1 and address = $2 order by id desc limit 1',
      [kind, address],
    )
    return rows[0]?.status
  }

  it('cannot be used to sign in, and gets no recovery code', async () => {
    assert.equal(await signsIn(service, held), false)
    const answers = [held, service.email()].map((email) => forgot(service, email))
    const [first, second] = await Promise.all(answers)
    assert.ok(first && second)
    assert.deepEqual(withoutIds(first), withoutIds(second))
    assert.equal(await statusOf('restore', held), 'dropped')
  })

  describe('the held email address in requests of other users (security 14)', () => {
    it('gets the same reply in a registration as a free address, but no mail', async () => {
      const free = service.email()
      const alike = [await register(service, held), await register(service, free)].map((answer) =>
        JSON.stringify(withoutIds(answer))
          .replaceAll(held, 'X')
          .replaceAll(free, 'X')
          .replace(/"content-length":"\d+",/, ''),
      )
      assert.equal(alike[0], alike[1])
      assert.equal(await statusOf('activation', held), 'dropped')
      for (const operationId of ['resendActivation', 'forgotPassword'] as const)
        await service.call(operationId, { body: { email: held } })
      assert.deepEqual([await statusOf('activation', held), await statusOf('restore', held)], ['dropped', 'dropped'])

      const { id, code } = await insertRegistration(service, held)
      assertProblem(await activate(service, code), 400, 'code_invalid')
      assert.deepEqual(await service.sql('select from users where id = $1', [id]), [])
      assert.deepEqual(await addressesOf(service, user.id), [`current ${current}`, `held ${held}`])
    })

    it('gets the same reply in an email change as a free address, but no mail', async () => {
      const other = await addOwner(service)
      assert.equal((await requestChange(service, other, held)).status, 200)
      assert.equal(await statusOf('confirm_email', held), 'dropped')

      const { code } = await requestMail(service, other, service.email())
      await service.sql('update email_changes set address = $2, email = $2 where user_id = $1', [other.id, held])
      assertProblem(await confirm(service, code), 400, 'code_invalid')
      assert.deepEqual(await addressesOf(service, other.id), [`current ${other.email}`])
    })
  })

  it('can become the former owner’s address again by an email change', async () => {
    await changeAddress(service, user, current, held)
    assert.deepEqual(await addressesOf(service, user.id), [`current ${held}`, `held ${current}`])
    assert.equal(await signsIn(service, held), true)
    assert.equal(await signsIn(service, current), false)
  })

  it('can be registered after 7 days', async () => {
    await expire()
    await register(service, held)
    const { code } = await service.mailTo(held)
    assert.equal((await activate(service, code)).status, 200)
    assert.deepEqual(await addressesOf(service, user.id), [`current ${current}`])
    assert.deepEqual([await signsIn(service, held), await signsIn(service, current)], [true, true])
  })

  it('becomes the address of one of several users who request it after 7 days', async () => {
    await expire()
    const others = await Promise.all(Array.from({ length: 4 }, () => addOwner(service)))
    const codes: string[] = []
    for (const other of others) codes.push((await requestMail(service, other, held)).code)
    const answers = await Promise.all(codes.map((code) => confirm(service, code)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.deepEqual(await addressesOf(service, user.id), [`current ${current}`])
  })
})
