import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { Cursors } from '../../src/domain/cursors.ts'
import { pageMembers, pageUrl, readPage, type Page, type Position } from '../../src/domain/pagination.ts'
import { Problem } from '../../src/problems.ts'

const cursors = new Cursors(createSecretKey(Buffer.alloc(32, 1)))
const place = { value: '2026-11-24T10:15:42.318123Z', id: '0198f3a2-71b8-7e05-b6c4-d08f5a2e9137', backward: false }
const size = 4

/** Rows of a list, three of each timestamp. */
const rows: Position[] = Array.from({ length: 25 }, (_, index) => ({
  timestamp: `2026-11-${String(10 + Math.floor(index / 3))}T00:00:00Z`,
  id: `00000000-0000-0000-0000-0000000000${String((index * 7) % 25).padStart(2, '0')}`,
}))
const key = ({ timestamp, id }: Position) =>
  `${timestamp.replace(/^(-?)infinity$/, (_, sign) => (sign ? '0' : '9'))} ${id}`
const compare = (a: Position, b: Position) => (key(a) < key(b) ? -1 : 1)

/** What the SQL does, on an array. */
const scanOf = (list: Position[]) => (from: Position, limit: number, descending: boolean) => {
  const beyond = list.filter((row) => (descending ? key(row) < key(from) : key(row) > key(from))).sort(compare)
  return Promise.resolve((descending ? beyond.reverse() : beyond).slice(0, limit))
}
const read = (list: Position[], descending: boolean, cursor?: string | null) =>
  readPage(cursors, { list: `rows ${descending}`, descending, cursor: cursor ?? undefined, size }, scanOf(list))

describe('pages', () => {
  for (const descending of [true, false]) {
    const expected = rows.toSorted(compare)
    if (descending) expected.reverse()

    it(`walks ${descending ? 'down' : 'up'} and back again: each row exactly once, in order (security 72)`, async () => {
      const walked: Page<Position>[] = [await read(rows, descending)]
      for (let next = walked[0]?.next; next; next = walked.at(-1)?.next) walked.push(await read(rows, descending, next))
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
        walked.map((_, at) => at === 0),
      )
      assert.ok(back.every(({ next }, at) => Boolean(next) === at < back.length - 1))
    })

    it(`keeps its place ${descending ? 'down' : 'up'} while rows come in at the front and the back`, async () => {
      const first = await read(rows, descending)
      const added = ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'].map((timestamp) => ({ timestamp, id: place.id }))
      const second = await read([...rows, ...added], descending, first.next)
      assert.deepEqual(second.rows, expected.slice(size, 2 * size))
      const again = await read([...rows, ...added], descending, second.previous)
      assert.deepEqual(again.rows, expected.slice(0, size))
      assert.ok(again.previous) // leads to the row that came in at the front
    })
  }

  for (const descending of [true, false]) {
    it(`walks ${descending ? 'down' : 'up'} and back by scans of 6 rows (security 95)`, async () => {
      const isRare = ({ id }: Position) => Number(id.slice(-2)) % 9 === 0
      const scan = async (from: Position, limit: number, direction: boolean) => {
        const reached = await scanOf(rows)(from, 6, direction)
        return reached
          .map((row, at) => ({ ...row, matches: isRare(row), is_last_reached: at === 5 }))
          .filter(({ matches, is_last_reached }) => matches || is_last_reached)
          .slice(0, limit)
      }
      const pageAt = (cursor?: string | null) =>
        readPage(cursors, { list: 'rare', descending, cursor: cursor ?? undefined, size: 2 }, scan)
      const idsOf = (pages: Page<Position>[]) => pages.flatMap((page) => page.rows.map(({ id }) => id))
      const expected = rows.filter(isRare).toSorted(compare)
      if (descending) expected.reverse()
      const walked = [await pageAt()]
      for (let next = walked[0]?.next; next; next = walked.at(-1)?.next) walked.push(await pageAt(next))
      assert.deepEqual(
        idsOf(walked),
        expected.map(({ id }) => id),
      )
      assert.ok(walked.some((page) => page.rows.length === 0))
      const back = walked.slice(-1)
      for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
        back.unshift(await pageAt(previous))
      assert.deepEqual(
        idsOf(back),
        expected.map(({ id }) => id),
      )
      const again = back.slice(0, 1)
      for (let next = again[0]?.next; typeof next === 'string'; next = again.at(-1)?.next)
        again.push(await pageAt(next === '' ? undefined : next))
      assert.deepEqual(
        idsOf(again),
        expected.map(({ id }) => id),
      )
    })
  }

  it('has no neighbours for a list that fits, or is empty', async () => {
    assert.deepEqual(await read([], true), { rows: [], next: null, previous: null })
    const whole = await read(rows.slice(0, size), true)
    assert.deepEqual([whole.rows.length, whole.next, whole.previous], [size, null, null])
  })

  it('leads back to the last rows where everything beyond a cursor is gone', async () => {
    const { rows: first, next } = await read(rows, true)
    const page = await read(first, true, next)
    assert.deepEqual([page.rows, page.next], [[], null])
    assert.deepEqual((await read(first, true, page.previous)).rows, first)
  })

  it('leads on to the first page where everything before a cursor is gone', async () => {
    const { next } = await read(rows, true)
    const { previous } = await read(rows, true, next)
    assert.deepEqual(await read([], true, previous), { rows: [], next: '', previous: null })
    assert.equal(pageUrl(new URL('http://a.test/list/?page_size=4&cursor=x'), ''), 'http://a.test/list/?page_size=4')
  })

  it('writes cursors that it reads, and no others (security 72)', () => {
    const cursor = cursors.write('list', place)
    assert.deepEqual(cursors.read('list', cursor), place)
    assert.deepEqual(cursors.read('list', cursors.write('list', { ...place, backward: true })), {
      ...place,
      backward: true,
    })
    const flipped = Array.from(
      cursor,
      (letter, at) => `${cursor.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
    )
    const foreign = new Cursors(createSecretKey(Buffer.alloc(32, 2))).write('list', place)
    const attempts = [
      ...flipped,
      foreign,
      '',
      'A',
      cursor.slice(0, -4),
      `${cursor}AAAA`,
      `${cursor}=`,
      `${cursor}.`,
      ` ${cursor}`,
    ]
    for (const attempt of attempts)
      assert.throws(
        () => cursors.read('list', attempt),
        (error) => error instanceof Problem && error.errors?.[0]?.parameter === 'cursor',
        attempt,
      )
    assert.throws(() => cursors.read('other list', cursor), Problem)
  })

  it('keeps the other parameters in a neighbour’s URL', () => {
    const url = new URL('https://a.test/list/?user_agent=a%26b%20%2B&cursor=old&page_size=4')
    const next = new URL(pageUrl(url, 'new') ?? '')
    assert.deepEqual(Object.fromEntries(next.searchParams), { user_agent: 'a&b +', page_size: '4', cursor: 'new' })
    assert.equal(next.origin, 'https://a.test')
    assert.equal(pageUrl(url, null), null)
  })

  it('counts exactly up to 10,000 and says so beyond', () => {
    const page = { rows: [], next: null, previous: null }
    const count = (found: number) => pageMembers(new URL('http://a.test'), page, { count: found })
    assert.deepEqual(count(10_000), { count: 10_000, next: null, previous: null })
    assert.deepEqual(count(10_001), { count: 10_000, count_capped: true, next: null, previous: null })
  })
})
