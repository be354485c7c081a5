import assert from 'node:assert/strict'
import { NIL } from 'uuid'
import {
  countUsers,
  searchUsersByDate,
  searchUsersByEmail,
  scanUsersByDate,
  scanUsersByEmail,
} from '../../generated/queries.ts'
import { TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, type Person } from '../support/tokens.ts'
import { explain, planModes, type Plan } from './support/plans.ts'

describe('listUsers, on many users', function () {
  this.timeout(60_000)
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    await add(10_001, 'frequent')
    await add(9_999, 'other')
    await add(5, 'seldom')
    await service.sql('vacuum analyze users')
  })
  after(() => service.stop())

  const add = (many: number, word: string) =>
    service.sql(
      `insert into users (id, email, search_text, is_active, date_joined)
       select gen_random_uuid(), email, email, number % 2000 <> 0, timestamptz '2026-01-01' + number * interval '1 minute'
       from generate_series(1, $1::integer) number, lateral (select md5(number || $2) || '.' || $2 || '@example.com' as email) as made`,
      [many, word],
    )
  const pageOf = async (query: Record<string, string> = {}) => {
    const { body } = await service.call('listUsers', { token: superuser.access, query })
    return { count: body['count'], capped: body['count_capped'], found: (body['results'] as unknown[]).length }
  }

  it('counts 10,000 exactly, and says from 10,001 on that there are more (operations)', async () => {
    assert.deepEqual(await pageOf(), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ search: 'frequent' }), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ search: 'other' }), { count: 9_999, capped: undefined, found: 20 })
    assert.deepEqual(await pageOf({ search: 'seldom' }), { count: 5, capped: undefined, found: 5 })
    assert.deepEqual(await pageOf({ search: 't@' }), { count: 10_000, capped: true, found: 20 })
    assert.deepEqual(await pageOf({ is_active: 'false' }), { count: 9, capped: undefined, found: 9 })
  })

  it('takes three statements a page: who asks, the page, the count; one more where the page is not near', async () => {
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
  type Place = { cursorValue: string; cursorId: string; reach: number }
  const from = (values: typeof dates, at: 'first' | 'middle' | 'last', reach = 21): Place => ({
    cursorValue: values[at],
    cursorId: at === 'last' ? ids.last : ids.first,
    reach,
  })
  const everybody = { ...filter, pattern: '%' }
  const seldom = { ...filter, pattern: '%seldom%', source: 'trigrams', userId: NIL }

  for (const [title, query] of [
    ['the latest', scanUsersByDate.descending({ ...everybody, ...from(dates, 'last') })],
    ['a later page of them', scanUsersByDate.descending({ ...everybody, ...from(dates, 'middle') })],
    ['the oldest', scanUsersByDate.ascending({ ...everybody, ...from(dates, 'first') })],
    ['the first by address', scanUsersByEmail.ascending({ ...everybody, ...from(emails, 'first') })],
    ['a later page of them', scanUsersByEmail.ascending({ ...everybody, ...from(emails, 'middle') })],
    ['the last by address', scanUsersByEmail.descending({ ...everybody, ...from(emails, 'last') })],
  ] as const) {
    for (const mode of planModes) {
      it(`reads no more than it needs for ${title}, by an index and without a sort (${mode})`, async () => {
        const nodes = await explain(service, mode, query)
        assertNoSort(nodes)
        assert.equal(rowsRead(nodes), 21)
      })
    }
  }

  for (const [title, query] of [
    ['the latest', scanUsersByDate.descending({ ...seldom, ...from(dates, 'last', 2_000) })],
    ['the first by address', scanUsersByEmail.ascending({ ...seldom, ...from(emails, 'first', 2_000) })],
  ] as const) {
    for (const mode of planModes) {
      it(`walks no further than it is told among ${title}, for a fragment that is not near (${mode})`, async () => {
        const nodes = await explain(service, mode, query)
        assertNoSort(nodes)
        assert.ok(rowsRead(nodes) <= 2_000, `${rowsRead(nodes)} rows were read`)
      })
    }
  }

  for (const [title, query] of [
    ['the latest', searchUsersByDate.descending({ ...seldom, ...from(dates, 'last') })],
    ['the oldest', searchUsersByDate.ascending({ ...seldom, ...from(dates, 'first') })],
    ['the first by address', searchUsersByEmail.ascending({ ...seldom, ...from(emails, 'first') })],
    ['the last by address', searchUsersByEmail.descending({ ...seldom, ...from(emails, 'last') })],
    ['the count', countUsers({ ...seldom, cap: 10_000 })],
  ] as const) {
    for (const mode of planModes) {
      it(`finds a rare fragment by its trigrams, for ${title} (${mode})`, async () => {
        assert.deepEqual(await readBy(mode, query), { indexes: ['users_search'], rows: 5 })
      })
    }
  }

  for (const [source, index, rows] of [
    ['superusers', 'users_superusers', 1],
    ['suspended', 'users_suspended', 9],
    ['address', 'users_pkey', 1],
  ] as const) {
    for (const mode of planModes) {
      it(`finds by the index of its own: ${source} (${mode})`, async () => {
        const asked = { ...everybody, source, userId: superuser.id, ...from(dates, 'last') }
        assert.deepEqual(await readBy(mode, searchUsersByDate.descending(asked)), { indexes: [index], rows })
      })
    }
  }

  function assertNoSort(nodes: Plan[]): void {
    assert.ok(
      nodes.every((node) => !node['Node Type'].includes('Sort')),
      JSON.stringify(nodes),
    )
    const scans = nodes.filter((node) => node['Relation Name'] !== undefined)
    assert.ok(scans.every((node) => node['Node Type'].includes('Index')))
  }

  /** The indexes of users that were read at all, and how many users; a whole table counts as an index of that name. */
  async function readBy(mode: string, query: { sql: string; values: readonly unknown[] }) {
    const nodes = (await explain(service, mode, query)).filter((node) => node['Actual Loops'] > 0)
    const scans = nodes.filter((node) => node['Relation Name'] === 'users' || node['Index Name'] !== undefined)
    const names = scans.map((node) => node['Index Name'] ?? (node['Node Type'] === 'Seq Scan' ? 'the whole table' : ''))
    return { indexes: [...new Set(names)].filter((name) => name !== ''), rows: rowsRead(nodes) }
  }

  /** Users that were looked at, filtered out ones too. */
  function rowsRead(nodes: Plan[]): number {
    const scans = nodes.filter((node) => node['Relation Name'] === 'users')
    return scans.reduce(
      (rows, node) => rows + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    )
  }
})
