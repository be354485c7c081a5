import assert from 'node:assert/strict'
import { withoutIds, assertProblem } from '../../support/answers.ts'
import { password, type Answer, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { attempt, countEvents, fail, passTime, startLimited } from '../limits/support/attempts.ts'

describe('the limit of successful sign-ins, 3 in an hour (security 92)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN_SUCCESS: '3/1h' })
  })
  after(() => service.stop())

  const succeed = async (email: string, ip: string, times: number) => {
    for (let time = 0; time < times; time++)
      assert.equal((await attempt(service, { email, ip, given: password })).status, 200)
  }
  /** Returns an answer without the values that depend on the time. */
  const untimed = (answer: Answer) => {
    const { status, headers, members } = withoutIds(answer)
    const { ratelimit, 'retry-after': _, ...others } = headers
    return { status, others, ratelimit: ratelimit?.replace(/t=.*/, ''), code: members['code'] }
  }

  it('returns 429 for the fourth sign-in until the window ends', async () => {
    const { email } = await addOwner(service)
    await succeed(email, '192.0.2.1', 3)
    const refused = await attempt(service, { email, ip: '192.0.2.1', given: password })
    assertProblem(refused, 429, 'throttled')
    const wait = Number(refused.headers.get('retry-after'))
    assert.ok(wait > 3500 && wait <= 3600, String(wait))
    assert.equal(refused.headers.get('ratelimit-policy'), '"sign-in-success";q=3;w=3600')
    assert.equal(refused.headers.get('ratelimit'), `"sign-in-success";r=0;t=${wait}`)
    await passTime(service, 3600)
    await succeed(email, '192.0.2.1', 1)
  })

  it('returns the same 429 for a wrong password, and does not count it', async () => {
    const { email } = await addOwner(service)
    await succeed(email, '192.0.2.2', 3)
    const [failed, locked] = [
      await countEvents(service, 'sign_in_failed'),
      await countEvents(service, 'account_locked'),
    ]
    const right = await attempt(service, { email, ip: '192.0.2.2', given: password })
    for (let time = 0; time < 12; time++)
      assert.deepEqual(untimed(await attempt(service, { email, ip: '192.0.2.2' })), untimed(right))
    assert.deepEqual(
      [await countEvents(service, 'sign_in_failed'), await countEvents(service, 'account_locked')],
      [failed, locked],
    )
  })

  it('does not count wrong passwords or sign-ins that fail with an error', async () => {
    const { email } = await addOwner(service)
    const ip = '192.0.2.3'
    assert.deepEqual(await fail(service, 5, { email, ip }), [401, 401, 401, 401, 401])
    await service.sql('alter table sessions rename to sessions_away')
    for (let time = 0; time < 3; time++)
      assert.equal((await attempt(service, { email, ip, given: password })).status, 500)
    await service.sql('alter table sessions_away rename to sessions')
    await succeed(email, ip, 3)
  })

  it('counts each account and each network separately', async () => {
    const [{ email }, other] = [await addOwner(service), await addOwner(service)]
    await succeed(email, '192.0.2.4', 3)
    await succeed(email, '192.0.2.5', 1)
    await succeed(other.email, '192.0.2.4', 1)
  })

  it('lets 3 of 20 simultaneous sign-ins succeed', async () => {
    const { email } = await addOwner(service)
    const one = () => attempt(service, { email, ip: '192.0.2.6', given: password })
    const answers = await Promise.all(Array.from({ length: 20 }, one))
    assert.equal(answers.filter(({ status }) => status === 200).length, 3)
    assert.ok(answers.every(({ status }) => status === 200 || status === 429))
  })
})
