import { distance } from 'fastest-levenshtein'

/**
 * Parses `.env` as python-decouple does, so that existing files keep their meaning. A `#` after a value belongs to
 * the value, and a backslash escapes nothing.
 */
export function parseEnvFile(content: string) {
  const values = new Map<string, string>()
  for (const each of content.split(/\r\n|\r|\n/)) {
    // trim() also removes a byte order mark.
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

/** Warns about names in `.env` that are not settings, and suggests the closest setting. */
export function warnAboutUnknownNames(names: Iterable<string>, known: readonly string[]) {
  const unknown = [...names].filter((name) => !known.includes(name))
  return [...new Set(unknown.map((name) => warning(name, known)))]
}

function warning(name: string, known: readonly string[]) {
  // A line without a valid name may be a part of a private key with several lines, so the log must not contain the
  // line.
  if (!/^[a-z_]\w{0,49}$/i.test(name))
    return 'A line in .env is not a setting and has no effect (a value has one line).'
  const [closest] = known
    .map((candidate) => ({ candidate, edits: distance(candidate, name.toUpperCase()) }))
    .filter(({ edits }) => edits <= Math.max(2, name.length / 4))
    .sort((a, b) => a.edits - b.edits)
  return `${name} in .env has no effect: there is no such setting${closest ? `. Did you mean ${closest.candidate}?` : '.'}`
}
