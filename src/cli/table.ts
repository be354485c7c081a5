const gap = '  '
const graphemes = new Intl.Segmenter()

/**
 * Formats rows as aligned columns with headings. Characters that could move the terminal's cursor or reverse its text
 * are left out.
 */
export function formatTable(headings: string[], rows: string[][]): string {
  const cells = [headings, ...rows.map((row) => row.map(withoutControls))]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  const line = (row: string[]) =>
    row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - widthOf(text))).join(gap)
  return cells.map((row) => line(row).trimEnd()).join('\n')
}

/** Formats the output of a command's --json. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** Shortens a UTC timestamp to the minute: "2026-11-24 10:15". */
export function toMinute(timestamp: string): string {
  return timestamp.slice(0, 16).replace('T', ' ')
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
}

function widthOf(text: string): number {
  return [...graphemes.segment(text)].length
}
