import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { describe } from './describe.ts'

const folder = new URL('../../sql/queries/', import.meta.url)

// By PostgreSQL's type ids: bool bytea int8 int2 int4 text json float8 inet text[] varchar timestamptz uuid uuid[] jsonb.
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

type Query = { file: string; name: string; comment: string[]; text: string }

/** sql/queries/*.sql → generated/queries.ts: one function a query, typed by the database that has run every migration. */
export async function generateQueries(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const functions: string[] = []
    for (const query of await readQueries()) functions.push(await generateFunction(client, query))
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

async function readQueries(): Promise<Query[]> {
  const files = (await readdir(folder)).sort()
  const queries = await Promise.all(
    files.map(async (file) => parseQueries(file, await readFile(new URL(file, folder), 'utf8'))),
  )
  const all = queries.flat()
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index)
  if (twice) throw new Error(`sql/queries/${twice.file}: there are two queries named ${twice.name}`)
  return all
}

function parseQueries(file: string, source: string): Query[] {
  return source
    .split(/^-- name: /m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.trim().replace(/;$/, '').split('\n')
      const comment = lines.filter((line) => line.startsWith('--')).map((line) => line.replace(/^--\s*/, ''))
      return {
        file,
        name,
        comment,
        text: lines
          .filter((line) => !line.startsWith('--'))
          .join('\n')
          .trim(),
      }
    })
}

async function generateFunction(client: pg.Client, { file, name, comment, text }: Query): Promise<string> {
  const found = [...text.matchAll(/(?<!:):([a-zA-Z]\w*)(\?)?/g)]
  const names = [...new Set(found.map(([, parameter]) => String(parameter)))]
  const optional = new Set(found.filter(([, , mark]) => mark).map(([, parameter]) => parameter))
  const numbered = text.replace(
    /(?<!:):([a-zA-Z]\w*)\??/g,
    (_, parameter: string) => `$${names.indexOf(parameter) + 1}`,
  )
  const { parameters, columns } = await describe(client, numbered).catch((error: unknown) => {
    throw new Error(`sql/queries/${file}: ${name}: ${(error as Error).message}`, { cause: error })
  })
  const known = (id: number | undefined, what: string) => {
    const type = types[id ?? 0]
    if (!type)
      throw new Error(
        `sql/queries/${file}: ${name}: ${what} has a type that scripts/generate/queries.ts does not know (${id})`,
      )
    return type
  }
  const fields = names.map(
    (parameter, index) =>
      `${parameter}: ${known(parameters[index], parameter)}${optional.has(parameter) ? ' | null' : ''}`,
  )
  const rows: string[] = []
  for (const column of columns) {
    const [, plain = column.name, mark] = /^(\w+)([!?])?$/.exec(column.name) ?? []
    const nullable = mark === '?' || (mark !== '!' && !(await isNotNull(client, column)))
    rows.push(`${plain}: ${known(column.typeId, plain)}${nullable ? ' | null' : ''}`)
  }
  const body = numbered
    .replaceAll('`', '\\`')
    .replace(/\bas "(\w+)[!?]"/g, 'as "$1"')
    .replace(/\$(\d+)/g, (_, number: string) => {
      const index = Number(number) - 1
      return `\${${wrap(`p.${String(names[index])}`, parameters[index] ?? 0, optional.has(names[index]))}}`
    })
  const rowName = `${name.charAt(0).toUpperCase()}${name.slice(1)}Row`
  return [
    `export type ${rowName} = { ${rows.join('; ')} }\n`,
    ...(comment.length > 0 ? [`/** ${comment.join(' ')} */`] : []),
    `export const ${name} = (${fields.length > 0 ? `p: { ${fields.join('; ')} }` : ''}) =>`,
    `  sql.prepared('${name}', row<${rowName}>())\`\n${body}\`\n`,
  ]
    .join('\n')
    .replace(`${rowName} = {  }`, `${rowName} = Record<never, never>`)
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
