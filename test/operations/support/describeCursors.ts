import assert from 'node:assert/strict'
import { assertInvalid } from '../../support/answers.ts'
import { addUser } from '../../support/users.ts'
import { cursorOf, ListReader, type Query } from './listReader.ts'
import { listIds, type ListUnderTest, type OpenList } from './listUnderTest.ts'

/** Describes which cursors a list accepts. */
export function describeCursors(list: ListUnderTest, open: OpenList): void {
  const orders = Object.keys(list.orders)
  const read = (query: Query, operationId = open.operationId, { access, id } = open.user) =>
    open.service.call(operationId, { token: access, path: { user_id: id }, query })

  describe('the cursor of a list (security 72)', () => {
    it('is refused if it was altered', async () => {
      await open.fill(9)
      const cursor = cursorOf(await open.reader.read({ page_size: '3' }))
      for (const at of [0, 10, 21, 22, 40, cursor.length - 1]) {
        const altered = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
        assertInvalid(await read({ cursor: altered }), 'cursor')
      }
      for (const altered of [cursor.slice(0, -1), `${cursor}AA`, cursor.slice(1), cursor.slice(22)])
        assertInvalid(await read({ cursor: altered }), 'cursor')
      assert.equal((await read({ cursor })).status, 200)
    })

    if (orders.length > 1)
      it('is refused with another ordering', async () => {
        await open.fill(9)
        for (const ordering of orders) {
          const cursor = cursorOf(await open.reader.read({ page_size: '3', ordering }))
          for (const other of orders)
            if (other !== ordering) assertInvalid(await read({ cursor, ordering: other }), 'cursor')
        }
      })

    it('is refused by every other list', async () => {
      await list.insert(open.service, open.superuser, 3, 1)
      const reader = new ListReader(open.service, list.operationId, open.superuser)
      const cursor = cursorOf(await reader.read({ page_size: '1' }))
      for (const other of listIds)
        if (other !== list.operationId) assertInvalid(await read({ cursor }, other, open.superuser), 'cursor')
    })
  })

  if (!list.forSuperusers)
    describe('the cursor of another user (security 76)', () => {
      it('returns none of the other user’s rows', async () => {
        for (const owner of [open.user, open.superuser]) {
          await list.insert(open.service, owner, 9, 1)
          const reader = new ListReader(open.service, list.operationId, owner)
          const cursor = cursorOf(await reader.read({ page_size: '3' }))
          const { status, body } = await read({ cursor }, list.operationId, await addUser(open.service))
          assert.deepEqual([status, body['results'], body['count']], [200, [], list.initialRows])
        }
      })
    })
}
