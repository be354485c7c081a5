import assert from 'node:assert/strict'
import { cursorOf, idsOf, ListReader, type Query } from './listReader.ts'
import { listPath, type ListUnderTest, type OpenList } from './listUnderTest.ts'

/** Describes how a list is divided into pages. */
export function describePages(list: ListUnderTest, open: OpenList): void {
  const inOrder = (order: string): Query => (order === '' ? {} : { ordering: order })

  describe('the pages of a list (security 72)', () => {
    for (const order of Object.keys(list.orders)) {
      for (const selection of list.selections) {
        it(`return ${selection.title} forward and backward${order && ` by ${order}`}`, async () => {
          await open.fill(25, 7)
          const expected = await open.idsInOrder(order, selection)
          assert.ok(expected.length > 4)
          const { reader, service, superuser } = open
          const walker = selection.reader ? new ListReader(service, list.operationId, superuser) : reader
          const query = { ...inOrder(order), page_size: '4', ...selection.query }
          const { forward, backward } = await walker.walk(query)
          assert.deepEqual(idsOf(...forward), expected)
          assert.ok(forward.slice(0, -1).every(({ results }) => results.length === 4))
          assert.ok(forward.every((page) => page.count === expected.length && page.count_capped === undefined))
          assert.deepEqual(idsOf(...backward), expected.slice(0, 4 * (forward.length - 1)))
          const ends = [forward[0]?.previous, forward.at(-1)?.next, backward[0]?.previous]
          assert.deepEqual(ends, [null, null, null])
        })
      }
    }

    it('skip no row and repeat none while rows are inserted and removed', async () => {
      await open.fill(12)
      const before = await open.idsInOrder(undefined)
      const first = await open.reader.read({ page_size: '4' })
      assert.deepEqual(idsOf(first), before.slice(0, 4))
      await list.insertLatest(open.service, open.user)
      await open.service.sql(list.removal, [before.slice(2, 5)])
      const second = await open.reader.follow(first.next)
      assert.deepEqual(idsOf(second), before.slice(5, 9))
      assert.deepEqual(idsOf(await open.reader.follow(second.next)), before.slice(9))
    })
  })

  it('keeps the other query parameters in next and previous', async () => {
    await open.fill(25)
    const order = Object.keys(list.orders).at(-1) ?? ''
    const query = { ...list.kept.query, ...inOrder(order), page_size: '2' }
    const { forward, backward } = await open.reader.walk(query)
    const expected = await open.idsInOrder(order, list.kept)
    assert.deepEqual(idsOf(...forward), expected)
    assert.ok(forward.every(({ count }) => count === expected.length))
    const urls = [...forward, ...backward].flatMap(({ next, previous }) => [next, previous])
    const given = urls.filter((url) => url !== null)
    assert.ok(given.length > 2)
    for (const url of given) {
      const { origin, pathname, searchParams } = new URL(url)
      assert.equal(`${origin}${pathname}`, `${open.service.url}${listPath(list.operationId, open.user)}`)
      const { cursor, ...kept } = Object.fromEntries(searchParams)
      assert.ok(cursor)
      assert.deepEqual(kept, query)
    }
  })

  it('returns 20 rows by default, and 1 to 100 with page_size', async () => {
    await open.fill(101)
    assert.equal((await open.reader.read()).results.length, 20)
    for (const size of [1, 30]) assert.equal((await open.reader.read({ page_size: String(size) })).results.length, size)
    const page = await open.reader.read({ page_size: '100' })
    assert.deepEqual([page.results.length, page.count], [100, 101])
    assert.equal((await open.reader.follow(page.next)).results.length, 1)
  })

  it('returns no next or previous if the rows fit exactly on one page', async () => {
    await open.fill(4)
    const { next, previous, count } = await open.reader.read({ page_size: '4' })
    assert.deepEqual([next, previous, count], [null, null, 4])
  })

  it('accepts a different page_size for the next page', async () => {
    await open.fill(9)
    const cursor = cursorOf(await open.reader.read({ page_size: '3' }))
    const next = await open.reader.read({ cursor, page_size: '5' })
    assert.deepEqual(idsOf(next), (await open.idsInOrder(undefined)).slice(3, 8))
  })

  it('returns next with the scheme and host that a trusted proxy forwards', async () => {
    await open.fill(2)
    const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'accounts.example' }
    const { next } = await open.reader.read({ page_size: '1' }, forwarded)
    assert.equal(new URL(next ?? '').origin, 'https://accounts.example')
  })

  it('counts up to 10,000 rows, and marks a higher count as capped', async () => {
    await open.fill(10_000)
    const { count, count_capped, results } = await open.reader.read()
    assert.deepEqual([count, count_capped, results.length], [10_000, undefined, 20])
    await list.insertLatest(open.service, open.user)
    const capped = await open.reader.read({ page_size: '100' })
    assert.deepEqual([capped.count, capped.count_capped, capped.results.length], [10_000, true, 100])
  })
}
