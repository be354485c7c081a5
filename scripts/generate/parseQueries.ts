import { readdir, readFile } from 'node:fs/promises'

const folder = new URL('../../sql/queries/', import.meta.url)

/** One entry of a file in sql/queries. A pair has two statements, any other query has one. */
export type Query = { file: string; name: string; comment: string; statements: Statement[] }
/** `member` is the entry of a pair that the statement becomes: `descending` or `ascending`. */
export type Statement = { name: string; member?: string; text: string }

const choice = /\{([^{}|]*)\|([^{}|]*)\}/

/** Reads sql/queries/*.sql. sql/README.md describes the format. */
export async function readQueries(): Promise<Query[]> {
  const files = (await readdir(folder)).sort()
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  const columns = new Map(sources.flatMap(readColumns))
  const all = sources.flatMap((source, index) => parseQueries(String(files[index]), source, columns))
  const names = all.flatMap(({ file, statements }) => statements.map(({ name }) => ({ file, name })))
  const twice = names.find(({ name }, index) => names.findIndex((other) => other.name === name) !== index)
  if (twice) throw new Error(`sql/queries/${twice.file}: there are two queries named ${twice.name}`)
  return all
}

function parseQueries(file: string, source: string, columns: Map<string, string>): Query[] {
  return readEntries(source, 'name').map(({ name, comment, text }) => {
    const filled = text.replace(/\{(\w+)\}/g, (_, included: string) => {
      const found = columns.get(included)
      if (found === undefined) throw new Error(`sql/queries/${file}: ${name}: no columns are named ${included}`)
      return found
    })
    return { file, comment, ...expand(file, name, filled) }
  })
}

function readColumns(source: string): [name: string, columns: string][] {
  return readEntries(source, 'columns').map(({ name, text }) => [name, text])
}

function readEntries(source: string, kind: 'name' | 'columns'): { name: string; comment: string; text: string }[] {
  const parts = source.split(/^-- (?=(?:name|columns): )/m).filter((part) => part.startsWith(`${kind}: `))
  return parts.map((part) => {
    const [name = '', ...lines] = part.slice(`${kind}: `.length).trim().replace(/;$/, '').split('\n')
    const comment = lines.filter((line) => line.startsWith('--')).map((line) => line.replace(/^--\s*/, ''))
    const text = lines.filter((line) => !line.startsWith('--'))
    return { name, comment: comment.join(' '), text: text.join('\n').trim() }
  })
}

/**
 * Makes the two statements of a pair. The name of a pair ends in a choice. `{first|second}` becomes `first` in the
 * first statement and `second` in the second. If an alternative is empty, the space before the choice is removed.
 */
function expand(file: string, name: string, text: string): Pick<Query, 'name' | 'statements'> {
  const [marker = '', ...members] = choice.exec(name) ?? []
  if (members.length === 0) {
    if (choice.test(text)) throw new Error(`sql/queries/${file}: ${name}: only a pair has choices like {<|>}`)
    return { name, statements: [{ name, text }] }
  }
  const statements = members.map((member, index) => ({
    name: name.replace(marker, member),
    member: lowerFirst(member),
    text: text.replace(new RegExp(` ?${choice.source}`, 'g'), (found, ...alternatives: string[]) => {
      const chosen = String(alternatives[index])
      return chosen === '' ? '' : found.replace(choice, () => chosen)
    }),
  }))
  return { name: name.replace(marker, ''), statements }
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
