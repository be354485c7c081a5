const gap = '  '
const graphemes = new Intl.Segmenter()

/** Lines of aligned columns under their names; what could move a terminal's cursor or turn its text around is left out. */
export function table(names: string[], rows: string[][]): string {
  const cells = [names, ...rows.map((row) => row.map(plain))]
  const widths = names.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  const line = (row: string[]) =>
    row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - widthOf(text))).join(gap)
  return cells.map((row) => line(row).trimEnd()).join('\n')
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
}

function widthOf(text: string): number {
  return [...graphemes.segment(text)].length
}
