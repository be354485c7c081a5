import assert from 'node:assert/strict'
import { assertProblem } from '../../support/answers.ts'
import { password, TestService, type Answer } from '../../support/service.ts'
import { addUser, quickHash, type Person } from '../../support/users.ts'

describe('the last superuser who has a password (security 77, 108)', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    await service.sql('update users set is_superuser = false')
    superuser = await addUser(service, { superuser: true, passwordHash: await quickHash })
  })

  const update = ({ id }: { id: string }, body: object) =>
    service.call('updateUser', { path: { user_id: id }, token: superuser.access, body })
  const remove = ({ id }: { id: string }) =>
    service.call('deleteUser', { path: { user_id: id }, token: superuser.access })
  const removals: [change: string, send: () => Promise<Answer>][] = [
    ['demoted', () => update(superuser, { is_superuser: false })],
    ['suspended', () => update(superuser, { is_active: false })],
    ['deleted', () => remove(superuser)],
    [
      'erased by the owner',
      () => service.call('deleteMe', { token: superuser.access, body: { current_password: password } }),
    ],
  ]

  for (const [change, send] of removals) {
    it(`cannot be ${change}`, async () => {
      await addUser(service, { superuser: true, passwordHash: null })
      assertProblem(await send(), 409, 'last_superuser')
      assert.equal((await service.call('getMe', { token: superuser.access })).status, 200)
    })

    it(`can be ${change} once an invited superuser has set a password`, async () => {
      const email = service.email()
      const body = { email, is_superuser: true }
      assert.equal((await service.call('createUser', { token: superuser.access, body })).status, 201)
      assertProblem(await send(), 409, 'last_superuser')
      const { code } = await service.mailTo(email)
      const restored = { code, password, password_confirm: password }
      assert.equal((await service.call('restorePassword', { body: restored })).status, 200)
      assert.ok([200, 204].includes((await send()).status))
    })
  }

  it('can delete and suspend a superuser who has no password', async () => {
    for (const send of [remove, (user: Person) => update(user, { is_active: false })]) {
      const invited = await addUser(service, { superuser: true, passwordHash: null })
      assert.ok([200, 204].includes((await send(invited)).status))
    }
  })
})
