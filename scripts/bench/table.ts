import type { Line } from './figures.ts'

/** Returns a Markdown table. The first columns are aligned left, the others right. */
export function formatRows(columns: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const widths = columns.map((_, at) => Math.max(3, ...[columns, ...rows].map((row) => (row[at] ?? '').length)))
  const format = (row: readonly string[]) => {
    const cells = widths.map((width, at) => (row[at] ?? '')[at < left ? 'padEnd' : 'padStart'](width))
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, at) => (at < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [format(columns), `| ${rule.join(' | ')} |`, ...rows.map(format)].join('\n')
}

const columns = ['case', 'figure', 'baseline', 'unit', 'median', 'from – to', 'its median', 'ratio']

/** Returns the table of a run: the median of each figure, its range, the median of the baseline, and the ratio. */
export function formatTable(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.case,
    line.figure,
    line.baseline ?? '',
    line.unit,
    formatNumber(line.median),
    `${formatNumber(Math.min(...line.values))} – ${formatNumber(Math.max(...line.values))}`,
    line.baselineMedian === undefined ? '' : formatNumber(line.baselineMedian),
    line.ratio === undefined ? '' : line.ratio.toFixed(2),
  ])
  return formatRows(columns, rows, 4)
}

/** Returns three significant digits, or the whole number if it has more. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: Math.min(digits, 3) })
}
