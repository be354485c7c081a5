import assert from 'node:assert/strict'
import { NIL } from 'uuid'
import {
  countUsers,
  searchUsersByDate,
  searchUsersByEmail,
  scanUsersByDate,
  scanUsersByEmail,
} from '../../generated/queries.ts'
import { toFragmentQuery } from '../../src/domain/accounts/userList.ts'
import { TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, type Person } from '../support/users.ts'
import { explain, planModes, type Plan } from './support/plans.ts'

/** Returns whether a node looks up the suppression or the legacy id of a returned user by an index. */
const isLookup = (node: Plan) =>
  ['emails_user', 'suppressed_addresses_pkey', 'legacy_ids_user'].includes(node['Index Name'] ?? '') ||
  (node['Relation Name'] === 'emails' && node['Node Type'] === 'Bitmap Heap Scan')

describe('listUsers with many users', function () {
  this.timeout(60_000)
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    await insert(10_001, 'frequent')
    await insert(9_999, 'other')
    await insert(5, 'seldom')
    await service.sql('vacuum analyze users')
  })
  after(() => service.stop())

  const insert = (count: number, word: string) =>
    service.sql(
      `insert into users (id, email, search_text, is_active, date_joined)
       select gen_random_uuid(), email, email, number % 2000 <> 0, timestamptz '2026-01-01' + number * interval '1 minute'
       from generate_series(1, $1::integer) number, lateral (select md5(number || $2) || '.' || $2 || '@example.com' as email) as made`,
      [count, word],
    )
  const pageOf = async (query: Record<string, string> = {}) => {
    const { body } = await service.call('listUsers', { token: superuser.access, query })
    return { count: body['count'], capped: body['count_capped'], found: (body['results'] as unknown[]).length }
  }

  it('counts 10,000 users exactly, and marks a higher count as capped', async () => {
    assert.deepEqual(await pageOf(), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ search: 'frequent' }), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ search: 'other' }), { count: 9_999, capped: undefined, found: 20 })
    assert.deepEqual(await pageOf({ search: 'seldom' }), { count: 5, capped: undefined, found: 5 })
    assert.deepEqual(await pageOf({ search: 't@' }), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ is_active: 'false' }), { count: 9, capped: undefined, found: 9 })
  })

  it('runs three statements for a page, and a fourth if a filter matches few users', async () => {
    const statements = noteStatements(service)
    for (const [query, expected] of [
      [{}, 3],
      [{ search: 'frequent' }, 3],
      [{ search: 'seldom' }, 4],
      [{ email: superuser.email }, 4],
    ] as const) {
      statements.length = 0
      await pageOf(query)
      assert.equal(statements.length, expected, JSON.stringify(query))
    }
  })

  const filter = { isActive: null, isSuperuser: null, limit: 21 }
  const ids = { first: '00000000-0000-0000-0000-000000000000', last: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
  const dates = { first: '-infinity', middle: '2026-01-03', last: 'infinity' }
  const emails = { first: '', middle: '7', last: '\u{10ffff}' }
  type Bounds = { cursorValue: string; cursorId: string; reach: number }
  const from = (values: typeof dates, edge: 'first' | 'middle' | 'last', reach = 21): Bounds => ({
    cursorValue: values[edge],
    cursorId: edge === 'last' ? ids.last : ids.first,
    reach,
  })
  const all = { ...filter, pattern: '%' }
  const searchFor = (text: string) => ({
    ...{ ...filter, pattern: `%${text}%`, source: 'fragments', userId: NIL, fragments: toFragmentQuery(text) },
  })
  const frequent = searchFor('frequent')
  const seldom = searchFor('seldom')

  for (const [title, query] of [
    ['the latest page', scanUsersByDate.descending({ ...all, ...from(dates, 'last') })],
    ['a later page by date', scanUsersByDate.descending({ ...all, ...from(dates, 'middle') })],
    ['the oldest page', scanUsersByDate.ascending({ ...all, ...from(dates, 'first') })],
    ['the first page by address', scanUsersByEmail.ascending({ ...all, ...from(emails, 'first') })],
    ['a later page by address', scanUsersByEmail.ascending({ ...all, ...from(emails, 'middle') })],
    ['the last page by address', scanUsersByEmail.descending({ ...all, ...from(emails, 'last') })],
  ] as const) {
    for (const mode of planModes) {
      it(`reads only the rows of ${title}, without a sort (${mode})`, async () => {
        const nodes = await explain(service, mode, query)
        assertNoSort(nodes)
        assert.equal(rowsRead(nodes), 21)
      })
    }
  }

  for (const [title, query] of [
    ['by date', scanUsersByDate.descending({ ...seldom, ...from(dates, 'last', 2_000) })],
    ['by address', scanUsersByEmail.ascending({ ...seldom, ...from(emails, 'first', 2_000) })],
  ] as const) {
    for (const mode of planModes) {
      it(`reads at most 2,000 rows for a rare search text, ordered ${title} (${mode})`, async () => {
        const nodes = await explain(service, mode, query)
        assertNoSort(nodes)
        assert.ok(rowsRead(nodes) <= 2_000, `${rowsRead(nodes)} rows were read`)
      })
    }
  }

  for (const [title, query] of [
    ['the latest page', searchUsersByDate.descending({ ...seldom, ...from(dates, 'last') })],
    ['the oldest page', searchUsersByDate.ascending({ ...seldom, ...from(dates, 'first') })],
    ['the first page by address', searchUsersByEmail.ascending({ ...seldom, ...from(emails, 'first') })],
    ['the last page by address', searchUsersByEmail.descending({ ...seldom, ...from(emails, 'last') })],
    ['the count', countUsers({ ...seldom, cap: 10_000 })],
    ['the latest page by two letters', searchUsersByDate.descending({ ...searchFor('ld'), ...from(dates, 'last') })],
    ['the count by two letters', countUsers({ ...searchFor('ld'), cap: 10_000 })],
  ] as const) {
    for (const mode of planModes) {
      it(`finds a rare search text by the index of fragments for ${title} (${mode})`, async () => {
        assert.deepEqual(await readBy(mode, query), { indexes: ['users_fragments'], rows: 5 })
      })
    }
  }

  for (const mode of planModes) {
    it(`counts a frequent search text without an index, and stops at the cap (${mode})`, async () => {
      const { indexes, rows } = await readBy(mode, countUsers({ ...searchFor('example'), cap: 5_000 }))
      assert.deepEqual(indexes, ['the whole table'])
      assert.ok(rows <= 5_002, 'The superuser does not match.')
    })
  }

  for (const [source, index, rows] of [
    ['superusers', 'users_superusers', 1],
    ['suspended', 'users_suspended', 9],
    ['address', 'users_pkey', 1],
  ] as const) {
    for (const mode of planModes) {
      it(`finds users by an index if the filter is ${source} (${mode})`, async () => {
        const statement = { ...all, source, userId: superuser.id, fragments: '', ...from(dates, 'last') }
        assert.deepEqual(await readBy(mode, searchUsersByDate.descending(statement)), { indexes: [index], rows })
      })
    }
  }

  for (const [title, query, returned] of [
    ['a page by date', scanUsersByDate.descending({ ...all, ...from(dates, 'last') }), 21],
    ['a page by address', scanUsersByEmail.ascending({ ...all, ...from(emails, 'first') }), 21],
    ['a rare text', scanUsersByDate.ascending({ ...seldom, ...from(dates, 'first', 2_000) }), 5],
    ['a search by date', searchUsersByDate.descending({ ...frequent, ...from(dates, 'last') }), 21],
    ['a search by address', searchUsersByEmail.ascending({ ...frequent, ...from(emails, 'first') }), 21],
  ] as const) {
    for (const mode of planModes) {
      it(`looks up suppression and legacy id of returned users only: ${title} (${mode})`, async () => {
        const nodes = await explain(service, mode, query)
        assert.equal(nodes[0]?.['Actual Rows'], returned)
        const indexes = nodes.filter(isLookup).filter((node) => node['Index Name'] !== undefined)
        const names = indexes.map((node) => node['Index Name']).sort()
        assert.deepEqual(names, ['emails_user', 'legacy_ids_user', 'suppressed_addresses_pkey'])
        const loops = (index: string) => indexes.find((node) => node['Index Name'] === index)?.['Actual Loops'] ?? NaN
        assert.deepEqual([loops('emails_user'), loops('legacy_ids_user')], [returned, returned])
        assert.ok(loops('suppressed_addresses_pkey') <= 1, 'Only the superuser has a row in emails.')
        const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'users')
        assert.deepEqual(scanned, [])
      })
    }
  }

  function assertNoSort(nodes: Plan[]): void {
    assert.ok(
      nodes.every((node) => !node['Node Type'].includes('Sort')),
      JSON.stringify(nodes),
    )
    const scans = nodes.filter((node) => node['Relation Name'] !== undefined)
    assert.ok(scans.every((node) => isLookup(node) || node['Node Type'].includes('Index')))
  }

  /**
   * Returns the indexes by which users were found, and how many were read without the sample. A scan of the whole table
   * is listed like an index.
   */
  async function readBy(mode: string, query: { sql: string; values: readonly unknown[] }) {
    const plan = await explain(service, mode, query)
    const isRead = (node: Plan) => node['Actual Loops'] > 0 && node['Node Type'] !== 'Sample Scan' && !isLookup(node)
    const nodes = plan.filter(isRead)
    const scans = nodes.filter((node) => node['Relation Name'] === 'users' || node['Index Name'] !== undefined)
    const names = scans.map((node) => node['Index Name'] ?? (node['Node Type'] === 'Seq Scan' ? 'the whole table' : ''))
    return { indexes: [...new Set(names)].filter((name) => name !== ''), rows: rowsRead(nodes) }
  }

  /** Returns the number of users that were read, including those that a filter removed. */
  function rowsRead(nodes: Plan[]): number {
    const scans = nodes.filter((node) => node['Relation Name'] === 'users')
    return scans.reduce(
      (rows, node) => rows + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    )
  }
})
