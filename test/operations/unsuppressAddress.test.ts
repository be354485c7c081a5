import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies } from './support/describeBodies.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { forgot } from './support/requests.ts'

describe('unsuppressAddress', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const remove = (body: object) => service.call('unsuppressAddress', { token: superuser.access, body: body })
  const suppress = (address: string) =>
    service.sql(
      `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'smtp', '5.1.1', '')`,
      [address],
    )
  const suppressed = async () =>
    (await service.sql<{ address: string }>('select address from suppressed_addresses order by address')).map(
      ({ address }) => address,
    )

  it('lets the normalized address get mails again, and no other', async () => {
    const { email } = await addUser(service)
    await suppress(email)
    await suppress('other@example.com')
    assert.equal((await remove({ email: email.toUpperCase() })).status, 204)
    assert.deepEqual(await suppressed(), ['other@example.com'])
    await forgot(service, email)
    assert.ok(await service.mailTo(email))
  })

  it('returns 204 for an address that is not suppressed', async () => {
    assert.equal((await remove({ email: 'nobody@example.com' })).status, 204)
  })

  describe('a body with errors', () => {
    itRefusesBodies(
      [
        ['no email address', {}, '/email required'],
        ['not an email address', { email: 'nobody' }, '/email format'],
        ['an unknown member', { email: 'a@example.com', id: 1 }, '/id unknown_member'],
      ],
      remove,
      suppressed,
    )
  })

  describeUnreadableBodies('unsuppressAddress', () => service, { superuser: true })
  describeSuperusersOnly('unsuppressAddress', () => service, [undefined, { email: 'a@example.com' }])
})
