import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { holdCodes, untilBlocked } from '../support/locks.ts'
import { TestService } from '../support/service.ts'
import { addOwner, type Person } from '../support/users.ts'
import { addressesOf, changeAddress, confirm, requestMail, stateOf, undo } from './support/emailChanges.ts'
import { forgot, restore } from './support/requests.ts'

describe('undoEmailChange after several changes', () => {
  let service: TestService
  let user: Person
  let x: string
  let y: string
  let z: string

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
    x = user.email
    y = service.email()
    z = service.email()
  })

  const addresses = () => addressesOf(service, user.id)
  const emailOf = async () =>
    (await service.sql<{ email: string }>('select email from users where id = $1', [user.id]))[0]?.email

  it('restores the first address by the code of the first change, and voids the later', async () => {
    const [first, second] = [await changeAddress(service, user, x, y), await changeAddress(service, user, y, z)]
    assert.deepEqual(await addresses(), [`current ${z}`, `held ${x}`, `held ${y}`])
    assert.equal((await undo(service, first.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${x}`])
    assert.equal(await emailOf(), x)
    await service.countMails()
    const before = await stateOf(service, user.id)
    assertProblem(await undo(service, second.code), 400, 'code_invalid')
    assert.deepEqual(await stateOf(service, user.id), before)
  })

  it('restores the second address by the second code, then the first by the first code', async () => {
    const [first, second] = [await changeAddress(service, user, x, y), await changeAddress(service, user, y, z)]
    assert.equal((await undo(service, second.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${y}`, `held ${x}`])
    const { code } = await service.mailTo(y)
    assert.equal((await restore(service, code)).status, 200)
    assert.equal((await undo(service, first.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${x}`])
  })

  it('restores the first address even after a change back to it was undone', async () => {
    const [first, second] = [await changeAddress(service, user, x, y), await changeAddress(service, user, y, x)]
    assert.equal((await undo(service, second.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${y}`, `held ${x}`])
    assert.equal((await undo(service, first.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${x}`])
    assert.equal(await emailOf(), x)
  })

  it('voids later codes even if the first address is current again', async () => {
    const [first, second] = [await changeAddress(service, user, x, y), await changeAddress(service, user, y, x)]
    assert.equal((await undo(service, first.code)).status, 200)
    assert.deepEqual(await addresses(), [`current ${x}`])
    assertProblem(await undo(service, second.code), 400, 'code_invalid')
  })

  it('restores the first address if both codes are used simultaneously', async () => {
    for (let round = 0; round < 5; round++) {
      user = await addOwner(service)
      ;[x, y, z] = [user.email, service.email(), service.email()]
      const [first, second] = [await changeAddress(service, user, x, y), await changeAddress(service, user, y, z)]
      const answers = await Promise.all([undo(service, second.code), undo(service, first.code)])
      assert.equal(answers[1].status, 200)
      assert.deepEqual(await addresses(), [`current ${x}`])
    }
  })

  it('restores the first address despite a simultaneous confirmation of a third one', async () => {
    for (let round = 0; round < 5; round++) {
      user = await addOwner(service)
      ;[x, y, z] = [user.email, service.email(), service.email()]
      const first = await changeAddress(service, user, x, y)
      const { code } = await requestMail(service, user, z)
      const [, undone] = await Promise.all([confirm(service, code), undo(service, first.code)])
      assert.equal(undone.status, 200)
      assert.deepEqual(await addresses(), [`current ${x}`])
      assert.equal(await emailOf(), x)
    }
  })

  describe('a recovery at the same time as an undo (security 22)', () => {
    it('sends no code to the abandoned address', async () => {
      const first = await changeAddress(service, user, x, y)
      const release = await holdCodes(service, user.id)
      const undone = undo(service, first.code)
      await untilBlocked(service)
      await forgot(service, y)
      await untilBlocked(service, 2)
      await release()
      assert.equal((await undone).status, 200)
      await service.countMails()
      // The undo mails a link to x. When the mail to y is composed, y no longer belongs to a user.
      assert.match((await service.mailTo(x)).link, /restore-password/)
      const mails = await service.sql(
        `select status, address from mails where kind = 'restore' and (user_id = $1 or status = 'dropped') order by id`,
        [user.id],
      )
      assert.deepEqual(mails.slice(-2), [
        { status: 'dropped', address: '' },
        { status: 'sent', address: x },
      ])
    })
  })
})
