import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { query } from './database.ts'

const run = promisify(execFile)

/** Returns an environment in which the newest pg_dump runs, or the reason why no pg_dump suits the server. */
export async function findTools(url: string): Promise<{ PATH: string } | string> {
  const path = process.env['PATH'] ?? ''
  const folders = globSync('/usr/lib/postgresql/*/bin/pg_dump').map((file) => dirname(file))
  const PATH = [...folders.sort().reverse(), path].join(':')
  const { stdout } = await run('pg_dump', ['--version'], { env: { PATH } }).catch(() => ({ stdout: '' }))
  const [version] = /\d+/.exec(stdout) ?? []
  if (version === undefined) return 'there is no pg_dump here'
  const [server] = await query<{ version: number }>(
    url,
    `select current_setting('server_version_num')::integer / 10000 as version`,
  )
  if (server && server.version > Number(version)) return `pg_dump ${version} refuses PostgreSQL ${server.version}`
  return { PATH }
}

/** Returns every row of every table, including those of the job queue, with bytes in hex. */
export async function readRows(url: string): Promise<string> {
  const tables = await query<{ name: string }>(
    url,
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  if (!tables.some(({ name }) => name === 'graphile_worker._private_jobs')) throw new Error('the queue is missing')
  const select = tables.map(({ name }) => `select t::text as row from ${name} as t`).join(' union all ')
  return (await query<{ row: string }>(url, select)).map(({ row }) => row).join('\n')
}

/** Returns the encodings in which a dump may contain a text, the bytes that it encodes, or a mailed code's secret. */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'base64url')
  const written = [bytes, bytes.subarray(16)].flatMap(encode)
  return [text, ...encode(Buffer.from(text)), ...written, ...written.map((form) => Buffer.from(form).toString('hex'))]
}

export function encode(bytes: Buffer): string[] {
  return (['base64url', 'base64', 'hex'] as const).map((encoding) => bytes.toString(encoding).replace(/=+$/, ''))
}
