import type { Recorder } from './recorder.ts'

export type Result = { id: string; title: string; seconds: number; recorder?: Recorder; skipped?: string }

const columns = ['fault', 'requests', 'acknowledged', 'cleanly failed', 'lost', '500', 'recovery', 'time']

/** Returns a Markdown table of the results. */
export function formatTable(results: readonly Result[]): string {
  const rows = results.map(({ id, title, seconds, recorder, skipped }) => {
    const name = `${id}: ${title}`
    if (!recorder) return [name, `skipped: ${skipped ?? ''}`, '', '', '', '', '', '']
    const failed = recorder.unavailable + recorder.broken
    const recovery = recorder.recovery === undefined ? '–' : `${(recorder.recovery / 1000).toFixed(2)} s`
    const counts = [recorder.requests, recorder.acknowledged, failed, recorder.lost.length, recorder.internalErrors]
    return [name, ...counts.map(String), recovery, `${seconds.toFixed(0)} s`]
  })
  const widths = columns.map((name, at) => Math.max(...[columns, ...rows].map((row) => (row[at] ?? name).length)))
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [format(columns), rule, ...rows.map(format)].join('\n')
}

/** Returns everything that went wrong, with the command that repeats the scenario. */
export function formatFailures(results: readonly Result[], seed: number): string[] {
  return results.flatMap(({ id, recorder }) => {
    if (!recorder?.failed) return []
    const lines = [...recorder.lost.map((what) => `lost: ${what}`), ...recorder.violations]
    const shown = [...new Set(lines)].slice(0, 20).map((line) => `  ${line}`)
    const rest = lines.length > shown.length ? [`  and ${lines.length - shown.length} more`] : []
    return [`${id} failed. npm run test:faults -- --only ${id} --seed ${seed} repeats it.`, ...shown, ...rest]
  })
}
