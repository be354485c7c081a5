import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { hold } from '../support/locks.ts'
import { password, type TestService } from '../support/service.ts'
import { addOwner } from '../support/users.ts'
import { attempt, fail, startLimited } from '../domain/limits/support/attempts.ts'

// While the store fails, the instance counts in its memory. It enforces the limits, and refuses no client below them.
describe('rate limits while their table cannot be used (security 54, 60)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m' })
  })
  after(() => service.stop())

  async function staysGuarded(ip: string): Promise<void> {
    const { email } = await addOwner(service)
    const other = await addOwner(service)
    assert.deepEqual(await fail(service, 5, { email, ip }), [401, 401, 401, 429, 429])
    assert.equal((await attempt(service, { email: other.email, ip, given: password })).status, 200)
    assert.equal((await service.call('refreshToken', { body: { refresh: other.refresh } })).status, 200)
  }

  it('delay only the first request, by at most 1.5 s, if the table is locked', async () => {
    const release = await hold(service.databaseUrl, 'lock table rate_limits in access exclusive mode')
    const began = performance.now()
    assert.equal(
      (await service.call('refreshToken', { body: { refresh: (await addOwner(service)).refresh } })).status,
      200,
    )
    assert.ok(performance.now() - began < 5000)
    await staysGuarded('192.0.2.1')
    await release()
  })

  it('count in memory if the table is missing, and later in the table again', async () => {
    await service.sql('alter table rate_limits rename to rate_limits_away')
    await staysGuarded('192.0.2.2')
    await service.sql('alter table rate_limits_away rename to rate_limits')
    await service.sql('delete from rate_limits')
    const { email } = await addOwner(service)
    const until = Date.now() + 15_000
    for (;;) {
      await attempt(service, { email, ip: '192.0.2.3' })
      if ((await service.sql('select key from rate_limits')).length > 0) break
      assert.ok(Date.now() < until, 'it is not counted in the table again')
      await sleep(500)
    }
  })
})
