import { sql } from 'slonik'

// What may hide a semicolon: quoted strings and names, dollar-quoted bodies, comments.
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|;/g

const comment = /--[^\n]*|\/\*[\s\S]*?\*\//g

/** Splits the text of a migration into its statements; Slonik takes one at a time. */
export function splitStatements(text: string): string[] {
  const statements: string[] = []
  let start = 0
  for (const match of text.matchAll(token)) {
    if (match[0] !== ';') continue
    statements.push(text.slice(start, match.index))
    start = match.index + 1
  }
  statements.push(text.slice(start))
  return statements
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(comment, '').trim() !== '')
}

/** Raw SQL as Slonik takes it: a template without values. */
export function statement(text: string) {
  const strings = Object.assign([text], { raw: Object.freeze([text]) })
  return sql.unsafe(Object.freeze(strings))
}
