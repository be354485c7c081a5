import { sql } from 'slonik'

// Matches a semicolon, or a token that may contain one: a quoted string or name, a dollar-quoted body, or a comment.
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|;/g

const comment = /--[^\n]*|\/\*[\s\S]*?\*\//g

/** Splits SQL text into statements, because Slonik accepts only one statement in a query. */
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
    .map((rawStatement) => rawStatement.trim())
    .filter((statement) => statement.replace(comment, '').trim() !== '')
}

/** Converts a statement without parameters to a query of Slonik. */
export function statement(text: string) {
  const strings = Object.assign([text], { raw: Object.freeze([text]) })
  return sql.unsafe(Object.freeze(strings))
}
