import type { Fact } from './facts.ts'

type Facts = ReadonlySet<Fact>

/** What is documented and was not seen, and what was seen and is not documented, each by name. */
export function coverageFaults(documented: Facts, seen: Facts): string[] {
  return [
    ...[...documented.difference(seen)].sort().map((fact) => `${fact}: documented, never seen`),
    ...[...seen.difference(documented)].sort().map((fact) => `${fact}: seen, not documented`),
  ]
}

const counted = { codes: 'code', examples: 'example', parameters: 'parameter', enums: 'argument' }

/** Operations by statuses, and what else there is to cover of each. */
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
    ...aligned([['operation', ...statuses, ...Object.keys(counted)], ...rows]),
    '✓ seen as documented · ✗ documented, never seen · ! seen, not documented',
    `enums in replies: ${values.join(', ')}`,
  ].join('\n')
}

function replyCell(documented: Facts, seen: Facts, start: string): string {
  const those = (facts: Facts) => new Set([...facts].filter((fact) => fact.startsWith(start)))
  const [expected, actual] = [those(documented), those(seen)]
  if (actual.difference(expected).size > 0) return '!'
  if (expected.difference(actual).size > 0) return '✗'
  return expected.size > 0 ? '✓' : ''
}

function countCell(documented: Facts, seen: Facts, start: string): string {
  const expected = [...documented].filter((fact) => fact.startsWith(start))
  return expected.length === 0 ? '' : `${expected.filter((fact) => seen.has(fact)).length}/${expected.length}`
}

function aligned(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
