import pg from 'pg'
import * as catalogs from './catalogs.ts'

type Table = {
  name: string
  parent: string | null
  bounds: string | null
  partition_key: string | null
  options: string | null
  comment: string | null
}
type Column = { table: string; name: string; definition: string; comment: string | null }
type Definition = { table: string; definition: string; comment: string | null }
type Routine = { definition: string; comment: string | null }

const preface = `-- A description to read: nothing is created from this file. Comments are those that the database keeps. The months of
-- partitioned tables and the tables of graphile-worker are left out. "${catalogs.serviceRole}" is the role of the
-- service, if it does not own the tables. Not-null constraints are shown at the columns.
`

/**
 * Describes the schema of a migrated database, for people to read: tables with their columns, constraints, indexes
 * and the rights of the service's role, then functions and collations. The tables of graphile-worker are left out.
 */
export async function generateSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const read = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows
    const tables = await read<Table>(catalogs.listTables)
    const columns = await read<Column>(catalogs.listColumns)
    const constraints = await read<Definition>(catalogs.listConstraints)
    const indexes = await read<Definition>(catalogs.listIndexes)
    const grants = await read<Definition>(catalogs.listGrants, [catalogs.serviceRole])
    const collations = await read<Routine>(catalogs.listCollations)
    const executable = await read<Routine>(catalogs.listExecutable, [catalogs.serviceRole])
    const routines = await read<Routine>(catalogs.listRoutines)
    const partOf = <Part extends { table: string }>(parts: Part[], name: string) =>
      parts.filter(({ table }) => table === name)
    return [
      preface,
      ...tables.map((table) => {
        const [own, name] = [<Part extends { table: string }>(parts: Part[]) => partOf(parts, table.name), table.name]
        const rights = own(grants).map(
          ({ definition }) => `grant ${definition} on ${name} to ${catalogs.serviceRole};\n`,
        )
        return [describeTable(table, own(columns), own(constraints)), ...own(indexes).map(describe), ...rights].join('')
      }),
      ...routines.map(describe),
      ...collations.map(describe),
      executable.map(describe).join(''),
    ].join('\n')
  } finally {
    await client.end()
  }
}

function describeTable(table: Table, columns: Column[], constraints: Definition[]): string {
  const { name, parent, bounds, partition_key: key, options, comment } = table
  const intro = `${toComment(comment)}create table ${name}`
  if (parent !== null) return `${intro} partition of ${parent} ${simplify(bounds ?? '')};\n`
  const members = [...columns, ...constraints].map((member, index, all) => {
    const end = index < all.length - 1 ? ',' : ''
    return `${toComment(member.comment, '  ')}  ${simplify(member.definition)}${end}\n`
  })
  const partitioned = key === null ? '' : ` partition by ${simplify(key)}`
  const withOptions = options === null ? '' : ` with (${options})`
  return `${intro} (\n${members.join('')})${partitioned}${withOptions};\n`
}

function describe({ definition, comment }: Routine): string {
  const [head = '', ...body] = definition.trim().split(/(?=\$function\$)/)
  return `${toComment(comment)}${[simplify(head), ...body].join('')};\n`
}

/**
 * Rewrites a definition that PostgreSQL prints as a person would write it, for example as `in ('a', 'b')` instead of
 * `= ANY (ARRAY['a'::text, 'b'::text])`.
 */
function simplify(definition: string): string {
  const list = /= ANY \(ARRAY\[([^\]]*)\]\)/g
  return definition
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\b[A-Z_]+\b/g, (word) => (/^[A-Z_]/.test(word) ? word.toLowerCase() : word))
    .replace(new RegExp(list, 'gi'), 'in ($1)')
    .replace(/::(text|timestamp with time zone)\b/g, '')
    .replaceAll('timestamp with time zone', 'timestamptz')
    .replaceAll('character varying', 'varchar')
    .replaceAll('"timestamp"', 'timestamp')
    .replaceAll('create or replace function public.', 'create function ')
    .replaceAll(' using btree', '')
    .replace(/ on only /, ' on ')
    .replace(/\(\(\s+case/, '((case')
    .replace(/\bcase\s+when (.*)\s+else null::uuid\s+end\b/, 'case when $1 end')
}

/** Wraps a comment at 118 characters. */
function toComment(text: string | null, indent = ''): string {
  if (text === null) return ''
  const lines = text.match(new RegExp(`\\S(?:.{0,${114 - indent.length}}\\S)?(?=\\s|$)`, 'g')) ?? []
  return lines.map((line) => `${indent}-- ${line}\n`).join('')
}
