import { readOpenApi } from '../openapi.ts'
import { documentedFacts } from './documented.ts'
import type { Fact } from './facts.ts'
import { readCoveredApi } from './operations.ts'

type Facts = ReadonlySet<Fact>

export type Comparison = { report: string; differences: string[] }

/** Compares the facts that the tests have shown with the facts that openapi.yaml documents. */
export function compareWithContract(seen: Facts): Comparison {
  const documented = documentedFacts(readCoveredApi(readOpenApi()))
  const differences = coverageDifferences(documented, seen)
  const verdict =
    differences.length === 0
      ? 'The tests saw exactly what openapi.yaml documents.'
      : ['The tests did not see exactly what openapi.yaml documents:', ...differences].join('\n  ')
  return { report: `\n${coverageTable(documented, seen)}\n\n${verdict}\n`, differences }
}

/** Names each documented fact that no test showed, and each fact that a test showed but that is not documented. */
export function coverageDifferences(documented: Facts, seen: Facts): string[] {
  return [
    ...[...documented.difference(seen)].sort().map((fact) => `${fact}: documented, never seen`),
    ...[...seen.difference(documented)].sort().map((fact) => `${fact}: seen, not documented`),
  ]
}

const counted = {
  codes: 'code',
  examples: 'example',
  parameters: 'parameter',
  enums: 'argument',
  members: 'member',
  limits: 'constraint',
}

/**
 * Formats a table with a row for each operation: the statuses of the operation, and how many of its codes, examples,
 * parameters and enum values the tests have shown.
 */
export function coverageTable(documented: Facts, seen: Facts): string {
  const cells = [...documented.union(seen)].map((fact) => fact.split(' '))
  const replies = cells.filter(([kind]) => kind === 'reply')
  const statuses = [...new Set(replies.map(([, , status = '']) => status))].sort()
  const operations = [...new Set(replies.map(([, operation = '']) => operation))]
  const rows = operations.map((operation) => [
    operation,
    ...statuses.map((status) => replyCell(documented, seen, `reply ${operation} ${status} `)),
    ...Object.values(counted).map((kind) => countCell(documented, seen, `${kind} ${operation} `)),
  ])
  const enums = [...new Set(cells.filter(([kind]) => kind === 'value').map(([, component = '']) => component))]
  const values = enums.sort().map((component) => `${component} ${countCell(documented, seen, `value ${component} `)}`)
  return [
    ...alignColumns([['operation', ...statuses, ...Object.keys(counted)], ...rows]),
    '✓ seen as documented · ✗ documented, never seen · ! seen, not documented',
    `enums in replies: ${values.join(', ')}`,
  ].join('\n')
}

function replyCell(documented: Facts, seen: Facts, prefix: string): string {
  const withPrefix = (facts: Facts) => new Set([...facts].filter((fact) => fact.startsWith(prefix)))
  const [expected, actual] = [withPrefix(documented), withPrefix(seen)]
  if (actual.difference(expected).size > 0) return '!'
  if (expected.difference(actual).size > 0) return '✗'
  return expected.size > 0 ? '✓' : ''
}

function countCell(documented: Facts, seen: Facts, prefix: string): string {
  const expected = [...documented].filter((fact) => fact.startsWith(prefix))
  return expected.length === 0 ? '' : `${expected.filter((fact) => seen.has(fact)).length}/${expected.length}`
}

/**
 * Pads the cells of each column to the same width.
 * @param alignRight the indexes of the columns that are aligned right
 */
export function alignColumns(rows: string[][], alignRight: number[] = []): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const pad = (cell: string, column: number) =>
    alignRight.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd())
}
