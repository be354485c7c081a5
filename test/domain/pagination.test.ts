import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { Cursors } from '../../src/domain/cursors.ts'
import { pageMembers, pageUrl, readPage, type Page, type Position, type Slice } from '../../src/domain/pagination.ts'

type Row = { timestamp: string; id: string }

const cursors = new Cursors(createSecretKey(Buffer.alloc(32, 1)))
const id = '0198f3a2-71b8-7e05-b6c4-d08f5a2e9137'
const size = 4

/** Rows of a list, three of each timestamp. */
const rows: Row[] = Array.from({ length: 25 }, (_, index) => ({
  timestamp: `2026-11-${String(10 + Math.floor(index / 3))}T00:00:00Z`,
  id: `00000000-0000-0000-0000-0000000000${String((index * 7) % 25).padStart(2, '0')}`,
}))
const positionOf = ({ timestamp, id }: Row): Position => ({ value: timestamp, id })
const sortKey = ({ value, id }: Position) => `${value.replace(/^(-?)infinity$/, (_, sign) => (sign ? '0' : '9'))} ${id}`
const keyOf = (row: Row) => sortKey(positionOf(row))
const compare = (a: Row, b: Row) => (keyOf(a) < keyOf(b) ? -1 : 1)

/** Returns a slice of an array, as the SQL statements return one of a table. */
function sliceOf(list: Row[], { from, limit, descending }: Slice): Promise<Row[]> {
  const start = sortKey(from)
  const beyond = list.filter((row) => (descending ? keyOf(row) < start : keyOf(row) > start)).sort(compare)
  return Promise.resolve((descending ? beyond.reverse() : beyond).slice(0, limit))
}

const read = (list: Row[], descending: boolean, cursor?: string | null) =>
  readPage(cursors, { list: `rows ${descending}`, descending, cursor: cursor ?? undefined, size }, (slice) =>
    sliceOf(list, slice),
  )

/** A filter that matches every ninth row, and that is applied to 6 rows for one slice. */
const isRare = ({ id }: Row) => Number(id.slice(-2)) % 9 === 0
async function rareSlice(slice: Slice) {
  const reached = await sliceOf(rows, { ...slice, limit: 6 })
  return reached
    .map((row, index) => ({ ...row, matches: isRare(row), is_last_reached: index === 5 }))
    .filter(({ matches, is_last_reached }) => matches || is_last_reached)
    .slice(0, slice.limit)
}

describe('pages of a list', () => {
  for (const descending of [true, false]) {
    const direction = descending ? 'descending' : 'ascending'
    const expected = rows.toSorted(compare)
    if (descending) expected.reverse()

    describe(`pages in ${direction} order`, () => {
      it('show each row exactly once, forwards and backwards (security 72)', async () => {
        const walked: Page<Row>[] = [await read(rows, descending)]
        for (let next = walked[0]?.next; next; next = walked.at(-1)?.next)
          walked.push(await read(rows, descending, next))
        assert.deepEqual(
          walked.flatMap((page) => page.rows),
          expected,
        )
        assert.equal(walked[0]?.previous, null)
        const back = walked.slice(-1)
        for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
          back.unshift(await read(rows, descending, previous))
        assert.deepEqual(
          back.flatMap((page) => page.rows),
          expected,
        )
        assert.deepEqual(
          back.map(({ previous }) => previous === null),
          walked.map((_, index) => index === 0),
        )
        assert.ok(back.every(({ next }, index) => Boolean(next) === index < back.length - 1))
      })

      it('skip and repeat no row when rows are added at both ends', async () => {
        const first = await read(rows, descending)
        const added = ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'].map((timestamp) => ({ timestamp, id }))
        const second = await read([...rows, ...added], descending, first.next)
        assert.deepEqual(second.rows, expected.slice(size, 2 * size))
        const again = await read([...rows, ...added], descending, second.previous)
        assert.deepEqual(again.rows, expected.slice(0, size))
        assert.ok(again.previous) // leads to the row that was added before the first
      })

      it('show every match of a filter that is applied to 6 rows at a time (security 95)', async () => {
        const pageAt = (cursor?: string | null) =>
          readPage(cursors, { list: 'rare', descending, cursor: cursor ?? undefined, size: 2 }, rareSlice)
        const idsOf = (pages: Page<Row>[]) => pages.flatMap((page) => page.rows.map(({ id }) => id))
        const expectedIds = expected.filter(isRare).map(({ id }) => id)
        const walked = [await pageAt()]
        for (let next = walked[0]?.next; next; next = walked.at(-1)?.next) walked.push(await pageAt(next))
        assert.deepEqual(idsOf(walked), expectedIds)
        assert.ok(walked.some((page) => page.rows.length === 0))
        const back = walked.slice(-1)
        for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
          back.unshift(await pageAt(previous))
        assert.deepEqual(idsOf(back), expectedIds)
        const again = back.slice(0, 1)
        for (let next = again[0]?.next; next; next = again.at(-1)?.next) again.push(await pageAt(next))
        assert.deepEqual(idsOf(again), expectedIds)
      })
    })
  }

  it('have no next or previous if the list is empty or fits on one page', async () => {
    assert.deepEqual(await read([], true), { rows: [], next: null, previous: null })
    const whole = await read(rows.slice(0, size), true)
    assert.deepEqual([whole.rows.length, whole.next, whole.previous], [size, null, null])
  })

  it('link back to the last rows if all rows after the cursor were deleted', async () => {
    const { rows: first, next } = await read(rows, true)
    const page = await read(first, true, next)
    assert.deepEqual([page.rows, page.next], [[], null])
    assert.deepEqual((await read(first, true, page.previous)).rows, first)
  })

  it('link to the first page if all rows before the cursor were deleted', async () => {
    const { next } = await read(rows, true)
    const { previous } = await read(rows, true, next)
    const empty = await read([], true, previous)
    assert.deepEqual([empty.rows, empty.previous], [[], null])
    assert.deepEqual(await read(rows, true, empty.next), await read(rows, true))
  })

  it('keep the other query parameters in the URLs of next and previous', () => {
    const url = new URL('https://a.test/list/?user_agent=a%26b%20%2B&cursor=old&page_size=4')
    const next = new URL(pageUrl(url, 'new') ?? '')
    assert.deepEqual(Object.fromEntries(next.searchParams), { user_agent: 'a&b +', page_size: '4', cursor: 'new' })
    assert.equal(next.origin, 'https://a.test')
    assert.equal(pageUrl(url, null), null)
  })

  it('contain next and previous both as cursors and as URLs', () => {
    const members = pageMembers(new URL('http://a.test/list/'), { rows: [], next: 'n', previous: 'p' }, { count: 3 })
    assert.deepEqual(members, {
      count: 3,
      next: 'http://a.test/list/?cursor=n',
      previous: 'http://a.test/list/?cursor=p',
      next_cursor: 'n',
      previous_cursor: 'p',
    })
  })

  it('count exactly up to 10,000 rows, and mark a higher count as capped', () => {
    const page = { rows: [], next: null, previous: null }
    const membersOf = (found: number) => pageMembers(new URL('http://a.test'), page, { count: found })
    const nowhere = { next: null, previous: null, next_cursor: null, previous_cursor: null }
    assert.deepEqual(membersOf(10_000), { count: 10_000, ...nowhere })
    assert.deepEqual(membersOf(10_001), { count: 10_000, count_capped: true, ...nowhere })
  })
})
