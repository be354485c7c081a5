import assert from 'node:assert/strict'
import { listLoginLogs, listLoginLogsOfUser } from '../../generated/queries.ts'
import { TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, type Person } from '../support/tokens.ts'
import { assertReadsOnlyThePage, latest, oldest, planModes } from './support/plans.ts'

describe('listLoginLogs, on many records', () => {
  let service: TestService
  let user: Person
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    user = await addUser(service)
    superuser = await addUser(service, { superuser: true })
    await add(user, 10_000)
    await add(superuser, 500)
    await service.sql('analyze login_logs')
  })
  after(() => service.stop())

  /** Records of several months, the last of now: partitions and the default one. */
  const add = (person: Person, many: number) =>
    service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       select $1, now() - number * interval '13 minutes', gen_random_uuid(), '203.0.113.7', 'bulk' from generate_series(0, $2 - 1) number`,
      [person.id, many],
    )
  const pageOf = async (person: Person, query: Record<string, string> = {}) => {
    const { body } = await service.call('listLoginLogs', { token: person.access, query })
    return { count: body['count'], capped: body['count_capped'] }
  }

  it('counts 10,000 exactly, and says from 10,001 on that there are more (operations)', async () => {
    assert.deepEqual(await pageOf(user), { count: 10_000, capped: undefined })
    assert.deepEqual(await pageOf(superuser), { count: 10_000, capped: true })
    assert.deepEqual(await pageOf(superuser, { user: superuser.id }), { count: 500, capped: undefined })
    await add(user, 1)
    assert.deepEqual(await pageOf(user), { count: 10_000, capped: true })
    assert.deepEqual(await pageOf(user, { user_agent: 'nobody' }), { count: 0, capped: undefined })
  })

  it('takes three statements a page: who asks, the page, the count', async () => {
    const statements = noteStatements(service)
    await pageOf(user)
    assert.equal(statements.length, 3)
  })

  const filter = { after: '-infinity', before: 'infinity', ipAddress: null, userAgent: '', reach: 100_000, limit: 21 }
  const middle = (cursorId: string) => ({
    cursorTimestamp: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    cursorId,
  })

  for (const [title, query] of [
    ['the first page of one’s own', () => listLoginLogsOfUser.descending({ ...filter, ...latest, userId: user.id })],
    [
      'a later page of one’s own',
      () => listLoginLogsOfUser.descending({ ...filter, ...middle(user.id), userId: user.id }),
    ],
    ['one’s own, the oldest first', () => listLoginLogsOfUser.ascending({ ...filter, ...oldest, userId: user.id })],
    ['the first page of everybody’s', () => listLoginLogs.descending({ ...filter, ...latest })],
    ['a later page of everybody’s', () => listLoginLogs.descending({ ...filter, ...middle(user.id) })],
    ['everybody’s, the oldest first', () => listLoginLogs.ascending({ ...filter, ...oldest })],
  ] as const) {
    for (const mode of planModes) {
      it(`reads no more than it needs for ${title}, by an index and without a sort (${mode})`, async () => {
        await assertReadsOnlyThePage(service, mode, query())
      })
    }
  }
})
