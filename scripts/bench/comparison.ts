import type { Line } from './figures.ts'
import type { Report } from './report.ts'
import { formatNumber, formatRows } from './table.ts'

const columns = ['case', 'figure', 'baseline', 'unit', 'old', 'new', 'new / old', 'old ratio', 'new ratio', 'new / old']

/**
 * Returns a table that compares two runs: each median, and each ratio against a baseline, with the new divided by the
 * old. A line that only one of the runs has is left out.
 */
export function formatComparison(before: Report, after: Report): string {
  const known = new Map(before.lines.map((line) => [keyOf(line), line]))
  const rows = after.lines.flatMap((line) => {
    const old = known.get(keyOf(line))
    return old ? [compareLines(old, line)] : []
  })
  return formatRows(columns, rows, 4)
}

function compareLines(old: Line, line: Line): string[] {
  const names = [line.case, line.figure, line.baseline ?? '', line.unit]
  const medians = [formatNumber(old.median), formatNumber(line.median), (line.median / old.median).toFixed(2)]
  if (old.ratio === undefined || line.ratio === undefined) return [...names, ...medians]
  return [...names, ...medians, old.ratio.toFixed(2), line.ratio.toFixed(2), (line.ratio / old.ratio).toFixed(2)]
}

function keyOf(line: Line): string {
  return [line.case, line.figure, line.baseline].join('\n')
}
