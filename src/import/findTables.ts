import { StartError } from '../problems.ts'
import type { Source } from './source.ts'

/**
 * The names of tables and columns that the operator gives. Names that are not given are looked up among the usual ones.
 */
export type TableOptions = {
  userTable?: string | undefined
  idColumn?: string | undefined
  emailColumn?: string | undefined
  logTable?: string | undefined
  /** False: no login log is imported. */
  logs: boolean
}

type Columns<Name extends string, Optional extends string = never> = Record<Name, string> &
  Partial<Record<Optional, string>>

/** A table, and the columns that are read from it by the names that the import uses. */
export type UserTable = {
  table: string
  columns: Columns<'id' | 'email' | 'password', (typeof optionalUserColumns)[number]>
}
export type LogTable = { table: string; columns: Columns<'id' | 'user' | 'ip' | 'timestamp', 'agent'> }
export type AddressTable = { table: string; columns: Columns<'user' | 'email' | 'verified' | 'primary'> }
export type FoundTables = {
  users: UserTable
  logs: LogTable | undefined
  /** The email addresses of django-allauth. */
  addresses: AddressTable | undefined
  /** The table of rest_framework.authtoken. */
  tokens: string | undefined
}

const optionalUserColumns = [
  'first_name',
  'last_name',
  'is_active',
  'is_superuser',
  'is_staff',
  'date_joined',
  'last_login',
] as const

// The names that projects use, the most usual one first.
const names = {
  id: ['id'],
  user: ['user_id', 'user'],
  ip: ['ip_address', 'ip', 'remote_addr', 'remote_ip', 'ip_addr'],
  agent: ['user_agent', 'useragent', 'http_user_agent', 'agent'],
  timestamp: ['timestamp', 'created_at', 'created', 'datetime', 'date', 'login_time', 'logged_in_at', 'time'],
}

/** Finds the tables to import. @throws StartError if a table or column is missing or ambiguous */
export function findTables({ tables }: Pick<Source, 'tables'>, options: TableOptions): FoundTables {
  return {
    users: findUsers(tables, options),
    logs: options.logs ? findLogs(tables, options) : undefined,
    addresses: findAddresses(tables),
    tokens: tables.has('authtoken_token') ? 'authtoken_token' : undefined,
  }
}

type Tables = Source['tables']

function findUsers(tables: Tables, { userTable, idColumn = 'id', emailColumn = 'email' }: TableOptions): UserTable {
  const table = userTable ?? chooseTable('users', '--user-table', tables, ['password', 'last_login'])
  const columns = columnsOf(tables, table, '--user-table')
  const required = { id: idColumn, email: emailColumn, password: 'password' }
  const hints: Record<string, string> = { id: ': name it with --id-column', email: ': name it with --email-column' }
  for (const [name, column] of Object.entries(required))
    if (!columns.includes(column)) throw new StartError(`${table} has no column ${column}${hints[name] ?? ''}.`)
  const optional = optionalUserColumns.filter((name) => columns.includes(name)).map((name) => [name, name])
  return { table, columns: { ...required, ...(Object.fromEntries(optional) as UserTable['columns']) } }
}

function findLogs(tables: Tables, { logTable }: TableOptions): LogTable | undefined {
  const matching = [...tables].flatMap(([table]) => (matchLog(tables, table) ? [table] : []))
  if (logTable === undefined && matching.length === 0) return undefined
  if (logTable === undefined && matching.length > 1)
    throw new StartError(
      `Several tables may be the login log, ${matching.join(', ')}: choose one with --log-table, or none with --no-logs.`,
    )
  const table = logTable ?? matching[0] ?? ''
  columnsOf(tables, table, '--log-table')
  const found = matchLog(tables, table)
  if (!found) throw new StartError(`${table} cannot be the login log: it needs a user, an IP address and a timestamp.`)
  return found
}

function matchLog(tables: Tables, table: string): LogTable | undefined {
  const columns = tables.get(table) ?? []
  const find = (name: keyof typeof names) => names[name].find((each) => columns.includes(each))
  const [id, user, ip, timestamp, agent] = [find('id'), find('user'), find('ip'), find('timestamp'), find('agent')]
  if (id === undefined || user === undefined || ip === undefined || timestamp === undefined) return undefined
  return { table, columns: { id, user, ip, timestamp, ...(agent === undefined ? {} : { agent }) } }
}

function findAddresses(tables: Tables): AddressTable | undefined {
  const table = 'account_emailaddress'
  const columns = tables.get(table) ?? []
  const user = names.user.find((each) => columns.includes(each))
  if (user === undefined || !['email', 'verified', 'primary'].every((name) => columns.includes(name))) return undefined
  return { table, columns: { user, email: 'email', verified: 'verified', primary: 'primary' } }
}

function chooseTable(what: string, option: string, tables: Tables, required: readonly string[]): string {
  const matching = [...tables].filter(([, columns]) => required.every((name) => columns.includes(name)))
  const [first, ...others] = matching.map(([table]) => table)
  if (first === undefined)
    throw new StartError(
      `No table has the columns ${required.join(' and ')}: name the table of ${what} with ${option}.`,
    )
  if (others.length === 0) return first
  throw new StartError(
    `Several tables may have the ${what}, ${[first, ...others].join(', ')}: choose one with ${option}.`,
  )
}

function columnsOf(tables: Tables, table: string, option: string): readonly string[] {
  const columns = tables.get(table)
  if (!columns)
    throw new StartError(`${option}: there is no table ${table}. There are: ${[...tables.keys()].join(', ')}.`)
  return columns
}
