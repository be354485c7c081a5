import assert from 'node:assert/strict'
import { attempt, fail, startLimited } from '../domain/limits/support/attempts.ts'
import { assertProblem } from '../support/answers.ts'
import { password, type TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'

describe('liftLockouts', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m', LIMIT_SIGN_IN_ACCOUNT: '20/1h' })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const lift = (id = user.id) => service.call('liftLockouts', { path: { user_id: id }, token: superuser.access })
  const lockFrom = (ip: string) => fail(service, 3, { email: user.email, ip })
  const signIn = async (ip: string, given = password) => attempt(service, { email: user.email, ip, given })

  it('lets the user sign in again from every locked network', async () => {
    const ips = ['192.0.2.1', '192.0.2.2', '2001:db8::1']
    for (const ip of ips) await lockFrom(ip)
    for (const ip of ips) assertProblem(await signIn(ip), 429, 'throttled')
    assert.equal((await lift()).status, 204)
    for (const ip of ips) assert.equal((await signIn(ip)).status, 200)
    const { body } = await service.call('listLockouts', { path: { user_id: user.id }, token: superuser.access })
    assert.deepEqual(body, { lockouts: [] })
  })

  it('ends the limit of wrong passwords from all networks', async () => {
    for (let network = 1; network <= 7; network++) await lockFrom(`198.51.100.${String(network)}`)
    assertProblem(await signIn('203.0.113.1'), 429, 'throttled')
    await lift()
    assert.equal((await signIn('203.0.113.1')).status, 200)
  })

  it('makes the next lockout as short as the first', async () => {
    const ip = '192.0.2.3'
    await lockFrom(ip)
    await lift()
    await lockFrom(ip)
    const wait = Number((await signIn(ip)).headers.get('retry-after'))
    assert.ok(wait > 890 && wait <= 900, String(wait))
  })

  it('does not lift the lockout of another user in the same network', async () => {
    const { email } = await addOwner(service)
    const ip = '192.0.2.4'
    await fail(service, 3, { email, ip })
    await lockFrom(ip)
    await lift()
    assertProblem(await attempt(service, { email, ip, given: password }), 429, 'throttled')
    assert.equal((await signIn(ip)).status, 200)
  })

  it('also clears the instance’s own counters, which count without the database', async () => {
    const other = await startLimited({ LIMIT_SIGN_IN: '3/15m' })
    try {
      const { email, id } = await addOwner(other)
      const { access: token } = await addUser(other, { superuser: true })
      await fail(other, 3, { email, ip: '192.0.2.5' })
      await other.call('liftLockouts', { path: { user_id: id }, token })
      await other.sql('alter table rate_limits rename to lost')
      assert.equal((await attempt(other, { email, ip: '192.0.2.5', given: password })).status, 200)
    } finally {
      await other.stop()
    }
  })

  it('succeeds if there is no lockout', async () => {
    assert.equal((await lift()).status, 204)
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x']) assertProblem(await lift(id), 404, 'not_found')
  })

  describeSuperusersOnly('liftLockouts', () => service)
})
