import assert from 'node:assert/strict'
import { assertInvalid, assertProblem, head } from '../../support/answers.ts'
import { TestService } from '../../support/service.ts'
import { addUser } from '../../support/users.ts'
import { describeCredentials } from './describeCredentials.ts'
import { describeCursors } from './describeCursors.ts'
import { describePages } from './describePages.ts'
import { ListReader, type Query } from './listReader.ts'
import { listPath, type ListUnderTest, type OpenList } from './listUnderTest.ts'

const refusedEverywhere = {
  page_size: ['0', '-1', '101', 'abc', '1.5', ' ', '9'.repeat(30)],
  cursor: ['a b', 'x', "'; --", 'A'.repeat(24), 'A'.repeat(512), 'A'.repeat(513), 'A'.repeat(1537), '💥'],
}

/** Describes what all lists have in common. The tests of an operation describe what is particular to its list. */
export function describeList(list: ListUnderTest): void {
  describe(`${list.operationId}, in common with all lists`, () => {
    let service: TestService
    const open = {} as OpenList

    before(async () => {
      service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
    })
    after(() => service.stop())
    beforeEach(async () => {
      // A statement of the last test may still run, and lock the tables in another order.
      const empty = () => service.sql(`truncate ${list.tables}`)
      await empty().catch((error: unknown) => {
        if ((error as { code?: string }).code !== '40P01') throw error
        return empty()
      })
      const superuser = await addUser(service, { superuser: true })
      const user = list.forSuperusers ? superuser : await addUser(service)
      Object.assign(open, list, { service, user, superuser, reader: new ListReader(service, list.operationId, user) })
      open.fill = async (rows, together = 1) => {
        await list.insert(service, user, rows - list.initialRows, together)
      }
      open.idsInOrder = async (order = Object.keys(list.orders)[0] ?? '', { where } = list.selections[0]) => {
        const rows = await service.sql<{ id: string }>(
          `select id from ${list.table} where $1::uuid is not null and (${where}) order by ${String(list.orders[order])}`,
          [user.id],
        )
        return rows.map(({ id }) => id)
      }
    })

    describePages(list, open)
    describeCursors(list, open)
    describeRefusals(list, open)
  })
}

function describeRefusals(list: ListUnderTest, open: OpenList): void {
  const refused = { ...refusedEverywhere, ...list.refused }
  const read = (query: Query, { access, id } = open.superuser) =>
    open.service.call(open.operationId, { token: access, path: { user_id: id }, query })

  for (const [parameter, values] of Object.entries(refused)) {
    it(`returns 400 for malformed values of ${parameter}, and names it`, async () => {
      for (const value of values) assertInvalid(await read({ [parameter]: value }), parameter)
    })
  }

  it('returns 400 for a parameter that is sent twice, and names it', async () => {
    const headers = { Authorization: `Bearer ${open.superuser.access}` }
    const path = listPath(list.operationId, open.superuser)
    for (const name of Object.keys(refused))
      assertInvalid(await open.service.fetch(`${path}?${name}=1&${name}=1`, { headers }), name)
  })

  it('returns 400 for several wrong parameters, and names all of them', async () => {
    const query = Object.entries(refused).map(([parameter, values]) => [parameter, values[0] ?? ''])
    assertInvalid(await read(Object.fromEntries(query) as Query), ...Object.keys(refused))
  })

  it('answers HEAD without a body, and forbids caches to store the list', async () => {
    const path = listPath(list.operationId, open.user)
    const expected = { status: 200, type: 'application/json', text: '' }
    assert.deepEqual(await head(open.service, path, open.user.access), expected)
    assert.equal((await read({}, open.user)).headers.get('cache-control'), 'no-store')
  })

  describeCredentials(list.operationId, () => open.service, {
    superuser: list.forSuperusers,
    calls: () => [{ query: { page_size: '0' } }, {}],
  })

  if (list.forSuperusers)
    it('returns 403 to users who are no superusers, before it checks the parameters', async () => {
      const other = await addUser(open.service)
      for (const query of [{}, { page_size: 'x' }]) assertProblem(await read(query, other), 403, 'permission_denied')
    })
}
