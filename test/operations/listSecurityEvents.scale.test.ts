import assert from 'node:assert/strict'
import { listSecurityEvents, listSecurityEventsOfType, listSecurityEventsOfUser } from '../../generated/queries.ts'
import { TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, type Person } from '../support/tokens.ts'
import { assertReadsOnlyThePage, latest, oldest, planModes } from './support/plans.ts'

describe('listSecurityEvents, on many events', () => {
  let service: TestService
  let user: Person
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    user = await addUser(service)
    superuser = await addUser(service, { superuser: true })
    await add(user, 10_000, 'sign_in_failed')
    await add(superuser, 500, 'new_device')
    await service.sql('analyze security_events')
  })
  after(() => service.stop())

  /** Events of several months, the last of now: partitions and the default one. */
  const add = (person: Person, many: number, type: string) =>
    service.sql(
      `insert into security_events (user_id, timestamp, id, type, ip_address, user_agent)
       select $1, now() - number * interval '13 minutes', gen_random_uuid(), $3, '203.0.113.7', 'bulk' from generate_series(0, $2 - 1) number`,
      [person.id, many, type],
    )
  const pageOf = async (person: Person, query: Record<string, string> = {}) => {
    const { body } = await service.call('listSecurityEvents', { token: person.access, query })
    return { count: body['count'], capped: body['count_capped'] }
  }

  it('counts 10,000 exactly, and says from 10,001 on that there are more (operations)', async () => {
    assert.deepEqual(await pageOf(user), { count: 10_000, capped: undefined })
    assert.deepEqual(await pageOf(superuser), { count: 10_000, capped: true })
    assert.deepEqual(await pageOf(superuser, { type: 'sign_in_failed' }), { count: 10_000, capped: undefined })
    assert.deepEqual(await pageOf(superuser, { type: 'new_device' }), { count: 500, capped: undefined })
    await add(user, 1, 'sign_in_failed')
    assert.deepEqual(await pageOf(user), { count: 10_000, capped: true })
    assert.deepEqual(await pageOf(superuser, { type: 'sign_in_failed' }), { count: 10_000, capped: true })
    assert.deepEqual(await pageOf(user, { user_agent: 'nobody' }), { count: 0, capped: undefined })
  })

  it('takes three statements a page: who asks, the page, the count', async () => {
    const statements = noteStatements(service)
    await pageOf(user)
    assert.equal(statements.length, 3)
  })

  const filter = { after: '-infinity', before: 'infinity', ipAddress: null, userAgent: '', reach: 100_000, limit: 21 }
  const middle = () => ({
    cursorTimestamp: new Date(Date.now() - 3 * 86_400_000).toISOString(),
    cursorId: user.id,
  })
  const own = () => ({ ...filter, userId: user.id, type: null, seesActors: false })
  const rare = { ...filter, type: 'new_device' }

  for (const [title, query] of [
    ['the first page of one’s own', () => listSecurityEventsOfUser.descending({ ...own(), ...latest })],
    ['a later page of one’s own', () => listSecurityEventsOfUser.descending({ ...own(), ...middle() })],
    ['one’s own, the oldest first', () => listSecurityEventsOfUser.ascending({ ...own(), ...oldest })],
    ['the first page of everybody’s', () => listSecurityEvents.descending({ ...filter, ...latest })],
    ['a later page of everybody’s', () => listSecurityEvents.descending({ ...filter, ...middle() })],
    ['everybody’s, the oldest first', () => listSecurityEvents.ascending({ ...filter, ...oldest })],
    ['the first page of a rare type', () => listSecurityEventsOfType.descending({ ...rare, ...latest })],
    ['a later page of a rare type', () => listSecurityEventsOfType.descending({ ...rare, ...middle() })],
    ['a rare type, the oldest first', () => listSecurityEventsOfType.ascending({ ...rare, ...oldest })],
  ] as const) {
    for (const mode of planModes) {
      it(`reads no more than it needs for ${title}, by an index and without a sort (${mode})`, async () => {
        await assertReadsOnlyThePage(service, mode, query())
      })
    }
  }
})
