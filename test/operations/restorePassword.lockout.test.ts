import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { insertRegistration } from '../support/users.ts'
import { forgot, restore, statusOfSignIn } from './support/requests.ts'

const chosen = 'the password of the recovery'

describe('the lockout of an email address without an account (security 55, 89)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'on' })
  })
  after(() => service.stop())

  it('ends for the client’s network when restorePassword creates the account', async () => {
    const email = service.email()
    await insertRegistration(service, email)
    const statuses: number[] = []
    for (let time = 0; time < 11; time++) statuses.push(await statusOfSignIn(service, email, 'a wrong password'))
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429])
    await forgot(service, email)
    const { code } = await service.mailTo(email)
    assert.equal(await statusOfSignIn(service, email, chosen), 429)
    assert.equal((await restore(service, code, chosen)).status, 200)
    assert.equal(await statusOfSignIn(service, email, chosen), 200)
  })
})
