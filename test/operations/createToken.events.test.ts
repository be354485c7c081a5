import assert from 'node:assert/strict'
import { NIL } from 'uuid'
import { assertUnauthorized } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, insertRegistration, quickHash, type Person } from '../support/users.ts'

describe('the security events of createToken', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
    hash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
    await service.sql('delete from security_events')
  })

  const headers = { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'a test' }
  const signIn = (email: string, given = password) =>
    service.call('createToken', { body: { email, password: given }, headers })
  const failed = { type: 'sign_in_failed', actor_id: null, ip_address: '203.0.113.7', user_agent: 'a test' }

  describe('the event of a failed sign-in (security 78)', () => {
    it('contains the IP address and device, and the user if the user is known', async () => {
      const inactive = await addUser(service, { passwordHash: hash })
      await service.sql('update users set is_active = false where id = $1', [inactive.id])
      const passwordless = await addUser(service)
      const waiting = service.email()
      await insertRegistration(service, waiting)

      assertUnauthorized(await signIn(user.email, 'wrong password'), 'no_active_account')
      assertUnauthorized(await signIn(user.email.toUpperCase(), 'wrong password'), 'no_active_account')
      assert.deepEqual(await eventsOf(service, user.id), [failed, failed])
      for (const given of [password, 'wrong password'])
        assertUnauthorized(await signIn(inactive.email, given), 'no_active_account')
      assert.deepEqual(await eventsOf(service, inactive.id), [failed, failed])
      assertUnauthorized(await signIn(passwordless.email), 'no_active_account')
      assert.deepEqual(await eventsOf(service, passwordless.id), [failed])
      for (const email of [waiting, 'unknown@example.com']) assertUnauthorized(await signIn(email), 'no_active_account')
      assert.deepEqual(await eventsOf(service, NIL), [failed, failed])
    })
  })

  it('are not recorded for a successful sign-in or a malformed request', async () => {
    assert.equal((await signIn(user.email)).status, 200)
    assert.equal((await signIn('no address')).status, 400)
    assert.equal((await signIn(user.email, '')).status, 400)
    assert.deepEqual(await service.sql('select type from security_events'), [])
  })

  describe('the SQL statements that a failed sign-in runs (security 12, 13)', () => {
    it('are the same for unknown, passwordless or suspended users and wrong passwords', async () => {
      const passwordless = await addUser(service)
      const suspended = await addUser(service, { passwordHash: hash })
      await service.sql('update users set is_active = false where id = $1', [suspended.id])
      const statements = noteStatements(service)
      const statementsOf = async (email: string, given = 'wrong password') => {
        assertUnauthorized(await signIn(email, given), 'no_active_account')
        return statements.splice(0)
      }
      const ofUnknown = await statementsOf('unknown@example.com')
      assert.equal(ofUnknown.length, 3) // They read the address and the hash, and write the event.
      for (const { email } of [user, passwordless, suspended]) assert.deepEqual(await statementsOf(email), ofUnknown)
      assert.deepEqual(await statementsOf(suspended.email, password), ofUnknown) // The right password makes no difference.
    })
  })
})
