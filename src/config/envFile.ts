/** Read as python-decouple reads it, so that an `.env` means here what it meant there: no comments behind a value, no escapes. */
export function parseEnvFile(content: string) {
  const values = new Map<string, string>()
  for (const each of content.split(/\r\n|\r|\n/)) {
    // trim() takes a byte order mark off, too.
    const line = each.trim()
    const split = line.indexOf('=')
    if (line.startsWith('#') || split === -1) continue
    values.set(line.slice(0, split).trim(), unquoted(line.slice(split + 1).trim()))
  }
  return values
}

function unquoted(value: string) {
  return /^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value
}

export function warnOfUnknown(names: Iterable<string>, known: readonly string[]) {
  const unknown = [...names].filter((name) => !known.includes(name))
  return [...new Set(unknown.map((name) => warning(name, known)))]
}

function warning(name: string, known: readonly string[]) {
  // What is no name may be a line of a key in several lines: it stays out of the log.
  if (!/^[a-z_]\w{0,49}$/i.test(name)) return 'A line in .env is no setting and has no effect (values are of one line).'
  const [closest] = known
    .map((one) => ({ one, distance: editDistance(one, name.toUpperCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 4))
    .sort((a, b) => a.distance - b.distance)
  return `${name} in .env has no effect: there is no such setting${closest ? `. Did you mean ${closest.one}?` : '.'}`
}

/** Levenshtein's, row by row. */
function editDistance(a: string, b: string) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const letter of a) {
    const next = [(row[0] ?? 0) + 1]
    for (const [index, other] of Array.from(b).entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[index], row[index + 1], row[index]]
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
