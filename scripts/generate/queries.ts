import pg from 'pg'
import { describeStatement } from './describe.ts'
import { readQueries, type Query, type Statement } from './parseQueries.ts'

// The TypeScript types by PostgreSQL's type ids, in this order: bool bytea int8 int2 int4 text json float8 inet
// text[] varchar timestamptz uuid uuid[] jsonb.
const types: Record<number, string> = {
  16: 'boolean',
  17: 'Uint8Array',
  20: 'number',
  21: 'number',
  23: 'number',
  25: 'string',
  114: 'SerializableValue',
  701: 'number',
  869: 'string',
  1009: 'readonly string[]',
  1043: 'string',
  1184: 'string',
  2950: 'string',
  2951: 'readonly string[]',
  3802: 'SerializableValue',
}

const wrappers: Record<number, string> = {
  17: 'sql.binary(Buffer.from(%))',
  114: 'sql.json(%)',
  1009: "sql.array(%, 'text')",
  2951: "sql.array(%, 'uuid')",
  3802: 'sql.jsonb(%)',
}

/**
 * Generates generated/queries.ts: one entry for each query. The types come from a database on which every migration
 * has run.
 */
export async function generateQueries(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const functions: string[] = []
    for (const query of await readQueries()) functions.push(await generateQuery(client, query))
    return [
      `import { sql${functions.some((text) => text.includes('SerializableValue')) ? ', type SerializableValue' : ''} } from 'slonik'`,
      "import { row } from '../src/db/row.ts'",
      '',
      functions.join('\n'),
    ].join('\n')
  } finally {
    await client.end()
  }
}

async function generateQuery(client: pg.Client, { file, name, comment, statements }: Query): Promise<string> {
  const rowName = `${name.charAt(0).toUpperCase()}${name.slice(1)}Row`
  const parts: Generated[] = []
  for (const statement of statements) parts.push(await generateStatement(client, file, rowName, statement))
  const [first, ...others] = parts
  if (!first) throw new Error(`sql/queries/${file}: ${name}: there is no statement`)
  if (others.some(({ row }) => row !== first.row))
    throw new Error(`sql/queries/${file}: ${name}: the two statements return different columns`)
  const members = parts.map(({ member, value }) => `  ${member ?? ''}: ${value},\n`)
  return [
    `export type ${rowName} = ${first.row}\n`,
    ...(comment === '' ? [] : [`/** ${comment} */`]),
    `export const ${name} = ${first.member === undefined ? first.value : `{\n${members.join('')}}`}\n`,
  ].join('\n')
}

type Generated = { member: string | undefined; row: string; value: string }

/**
 * Generates the code of one statement.
 * @returns the type of the statement's rows, and the function that binds the statement's parameters
 */
async function generateStatement(
  client: pg.Client,
  file: string,
  rowName: string,
  { name, member, text }: Statement,
): Promise<Generated> {
  const found = [...text.matchAll(/(?<!:):([a-zA-Z]\w*)(\?)?/g)]
  const names = [...new Set(found.map(([, parameter]) => String(parameter)))]
  const optional = new Set(found.filter(([, , mark]) => mark).map(([, parameter]) => parameter))
  const numbered = text.replace(
    /(?<!:):([a-zA-Z]\w*)\??/g,
    (_, parameter: string) => `$${names.indexOf(parameter) + 1}`,
  )
  const { parameters, columns } = await describeStatement(client, numbered).catch((error: unknown) => {
    throw new Error(`sql/queries/${file}: ${name}: ${(error as Error).message}`, { cause: error })
  })
  const typeName = (id: number | undefined, item: string) => {
    const type = types[id ?? 0]
    if (!type)
      throw new Error(
        `sql/queries/${file}: ${name}: ${item} has a type that scripts/generate/queries.ts does not know (${id})`,
      )
    return type
  }
  const fields = names.map(
    (parameter, index) =>
      `${parameter}: ${typeName(parameters[index], parameter)}${optional.has(parameter) ? ' | null' : ''}`,
  )
  const rows: string[] = []
  for (const column of columns) {
    const [, plain = column.name, mark] = /^(\w+)([!?])?$/.exec(column.name) ?? []
    const nullable = mark === '?' || (mark !== '!' && !(await isNotNull(client, column)))
    rows.push(`${plain}: ${typeName(column.typeId, plain)}${nullable ? ' | null' : ''}`)
  }
  const body = numbered
    .replaceAll('`', '\\`')
    .replace(/\b(\w+) as "\1[!?]"/g, '$1')
    .replace(/\bas "(\w+)[!?]"/g, 'as "$1"')
    .replace(/\$(\d+)/g, (_, number: string) => {
      const index = Number(number) - 1
      return `\${${wrap(`p.${String(names[index])}`, parameters[index] ?? 0, optional.has(names[index]))}}`
    })
  const input = fields.length > 0 ? `p: { ${fields.join('; ')} }` : ''
  return {
    member,
    row: rows.length > 0 ? `{ ${rows.join('; ')} }` : 'Record<never, never>',
    value: `(${input}) =>\n  sql.prepared('${name}', row<${rowName}>())\`\n${body}\``,
  }
}

function wrap(value: string, type: number, optional: boolean): string {
  const wrapper = wrappers[type]
  if (!wrapper) return value
  const wrapped = wrapper.replace('%', value)
  return optional ? `${value} === null ? null : ${wrapped}` : wrapped
}

async function isNotNull(
  client: pg.Client,
  { tableId, columnId }: { tableId: number; columnId: number },
): Promise<boolean> {
  if (tableId === 0) return false
  const { rows } = await client.query<{ attnotnull: boolean }>(
    'select attnotnull from pg_attribute where attrelid = $1 and attnum = $2',
    [tableId, columnId],
  )
  return rows[0]?.attnotnull ?? false
}
