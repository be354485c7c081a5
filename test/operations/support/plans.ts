import assert from 'node:assert/strict'
import pg from 'pg'
import type { TestService } from '../../support/service.ts'

export type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Plan[]
}
export type Query = { sql: string; values: readonly unknown[] }

/** PostgreSQL plans a prepared statement for its values, or once for all values. The tests force each of the two. */
export const planModes = ['force_custom_plan', 'force_generic_plan']
/** The position before the first row of a list, in both directions. */
export const latest = { cursorTimestamp: 'infinity', cursorId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
export const oldest = { cursorTimestamp: '-infinity', cursorId: '00000000-0000-0000-0000-000000000000' }

/** Asserts that a page of 20 rows is read by an index, without a sort, and that at most one more row is read. */
export async function assertReadsOnlyThePage(service: TestService, mode: string, query: Query): Promise<void> {
  const nodes = await explain(service, mode, query)
  assert.ok(
    nodes.every((node) => !node['Node Type'].includes('Sort')),
    JSON.stringify(nodes),
  )
  const scans = nodes.filter((node) => node['Relation Name'] !== undefined)
  assert.ok(scans.every((node) => node['Node Type'].includes('Index') || node['Actual Rows'] === 0))
  const read = scans.reduce((rows, node) => rows + node['Actual Rows'] * node['Actual Loops'], 0)
  assert.ok(read >= 21 && read <= 21 + scans.length, `${read} rows were read`)
}

/** Returns the nodes of the plan of the service's own prepared statement. */
export async function explain(service: TestService, mode: string, { sql, values }: Query): Promise<Plan[]> {
  const client = new pg.Client({ connectionString: service.databaseUrl })
  await client.connect()
  try {
    await client.query(`set plan_cache_mode = ${mode}`)
    await client.query('begin') // This transaction is never committed, because the statement may write.
    await client.query(`prepare page as ${sql.replace(/\$slonik_(?=\d)/g, '$')}`) // Slonik has its own placeholders.
    const literals = values.map((value) => {
      const text = Array.isArray(value) ? `{${value.join()}}` : value
      return typeof text === 'string' ? client.escapeLiteral(text) : JSON.stringify(text)
    })
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, buffers, format json) execute page(${literals.join()})`,
    )
    const all = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(all)]
    return rows.flatMap((row) => all(row['QUERY PLAN'][0].Plan))
  } finally {
    await client.end()
  }
}
