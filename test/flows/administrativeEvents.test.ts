import assert from 'node:assert/strict'
import { NIL } from 'uuid'
import { from, fail, startLimited } from '../domain/limits/support/attempts.ts'
import { operations, type Operation } from '../support/operations.ts'
import type { Call, OperationId, TestService } from '../support/service.ts'
import { addOwner, addUser, insertMail, insertRegistration, type Person } from '../support/users.ts'

type Request = { call: Call; events: string[] }

const client = { ipAddress: '203.0.113.9', userAgent: 'an administrator' }

/** For each operation that only superusers may call and that changes something: a request, and its security events. */
const requests: Record<string, (service: TestService, user: Person) => Promise<Request> | Request> = {
  createUser: (service) => ({ call: { body: { email: service.email() } }, events: ['user_created'] }),
  updateUser: (_service, { id }) => ({
    call: { path: { user_id: id }, body: { is_active: false, is_superuser: true, first_name: 'New' } },
    events: ['superuser_granted', 'user_suspended', 'user_updated'],
  }),
  deleteUser: (_service, { id }) => ({ call: { path: { user_id: id } }, events: ['user_deleted'] }),
  revokeUserSessions: (_service, { id }) => ({ call: { path: { user_id: id } }, events: ['sessions_revoked'] }),
  revokeUserSession: (_service, { id, sessionId }) => ({
    call: { path: { user_id: id, session_id: sessionId } },
    events: ['sessions_revoked'],
  }),
  liftLockouts: async (service, { id, email }) => {
    await fail(service, 3, { email, ip: '192.0.2.1' })
    return { call: { path: { user_id: id } }, events: ['lockouts_lifted'] }
  },
  retryMail: async (service, user) => ({
    call: { path: { mail_id: await insertMail(service, user) } },
    events: ['mail_retried'],
  }),
  discardMail: async (service, user) => ({
    call: { path: { mail_id: await insertMail(service, user) } },
    events: ['mail_discarded'],
  }),
  unsuppressAddress: async (service, { email }) => {
    await suppress(service, email)
    return { call: { body: { email } }, events: ['email_unsuppressed'] }
  },
}

const suppress = (service: TestService, email: string) =>
  service.sql(
    `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'smtp', '5.1.1', '')`,
    [email],
  )

const changing = operations.filter(({ roles, method }) => roles.includes('superuser') && method !== 'GET')

describe('security events of changes by superusers (security 78)', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m' })
    await addUser(service, { superuser: true }) // so that the other superusers are not the last one
  })
  after(() => service.stop())
  beforeEach(async () => {
    superuser = await addUser(service, { superuser: true })
    user = await addOwner(service)
  })

  const eventsBy = ({ id }: Person) =>
    service.sql<{ type: string; user_id: string; ip_address: string | null; user_agent: string | null }>(
      `select type, user_id, host(ip_address) as ip_address, user_agent from security_events
       where actor_id = $1 order by type`,
      [id],
    )
  const request = (id: OperationId, call: Call) =>
    service.call(id, {
      ...call,
      token: superuser.access,
      headers: { ...from(client.ipAddress), 'User-Agent': client.userAgent },
    })
  const prepare = ({ id }: Operation) => {
    const make = requests[id]
    assert.ok(make, `The table of this test has no request of ${id}.`)
    return make(service, user)
  }

  for (const operation of changing) {
    it(`are recorded by ${operation.id}, with the superuser`, async () => {
      const { call, events } = await prepare(operation)
      const { status, body } = await request(operation.id, call)
      assert.ok(status < 300, JSON.stringify(body))
      const recorded = await eventsBy(superuser)
      const concerned = operation.id === 'createUser' ? String(body['id']) : user.id
      // The events of an erased user have no IP address and no device.
      const { ipAddress, userAgent } = operation.id === 'deleteUser' ? { ipAddress: null, userAgent: null } : client
      assert.deepEqual(
        recorded,
        events.map((type) => ({ type, user_id: concerned, ip_address: ipAddress, user_agent: userAgent })),
      )
    })

    it(`are recorded by ${operation.id} in the transaction of the change`, async () => {
      const { call } = await prepare(operation)
      await service.countMails() // waits until the mails of earlier tests are sent
      const snapshot = () => service.sql(snapshotStatement)
      await service.sql(`
        create function refuse() returns trigger language plpgsql as 'begin raise exception ''refused by a test''; end';
        create trigger refuse before insert on security_events for each row execute function refuse()`)
      try {
        const before = await snapshot()
        assert.equal((await request(operation.id, call)).status, 500)
        assert.deepEqual(await snapshot(), before)
      } finally {
        await service.sql('drop function refuse cascade')
      }
    })
  }

  it('concern no user if the mail or the email address is not that of a user', async () => {
    const registration = await insertRegistration(service, service.email())
    const stranger = { id: registration.id, email: service.email() }
    await suppress(service, stranger.email)
    for (const mail_id of [await insertMail(service, stranger), await insertMail(service, { ...stranger, id: NIL })])
      assert.equal((await request('discardMail', { path: { mail_id } })).status, 200)
    assert.equal((await request('unsuppressAddress', { body: { email: stranger.email } })).status, 204)
    const event = { user_id: NIL, ip_address: client.ipAddress, user_agent: client.userAgent }
    assert.deepEqual(
      await eventsBy(superuser),
      ['email_unsuppressed', 'mail_discarded', 'mail_discarded'].map((type) => ({ type, ...event })),
    )
  })

  it('are not recorded if nothing has changed', async () => {
    const mail_id = await insertMail(service, user, { status: 'sent' })
    assert.equal((await request('retryMail', { path: { mail_id } })).status, 409)
    assert.equal((await request('unsuppressAddress', { body: { email: user.email } })).status, 204)
    assert.equal((await request('liftLockouts', { path: { user_id: user.id } })).status, 204)
    assert.deepEqual(await eventsBy(superuser), [])
  })
})

/** Hashes every table that an operation of superusers changes. */
const snapshotStatement = ['users', 'emails', 'sessions', 'mails', 'suppressed_addresses', 'rate_limits']
  .map((table) => `select '${table}' as table, md5(array(select t::text from ${table} t order by 1)::text) as hash`)
  .join(' union all ')
