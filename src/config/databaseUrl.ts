import { isIP } from 'node:net'
import { checkParameters } from './databaseParameters.ts'
import { malformedUrl, readServers, type DatabaseServer } from './databaseServers.ts'
import { readTls, type Tls } from './databaseTls.ts'
import { InvalidValue, type Parser } from './valueParsers.ts'

/** The parsed DATABASE_URL. Every connection of the service to the database uses these values. */
export type Connection = {
  /** If there are several, the service uses the one that accepts writes. */
  servers: [DatabaseServer, ...DatabaseServer[]]
  /** When it is undefined, pg uses PGUSER or the user name of the operating system, as libpq does. */
  user: string | undefined
  /** When it is undefined, pg uses PGPASSWORD or the password file, as libpq does. */
  password: string | undefined
  /** When it is undefined, pg uses the database with the name of the user. */
  database: string | undefined
  applicationName: string
  options: string | undefined
  /** The time-out of a connection attempt in milliseconds, instead of the service's own time-outs. */
  connectTimeout: number | undefined
  tls: Tls
}

const pattern = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/i

/**
 * Reads a connection URL as libpq does: parameters override the rest of the URL.
 * @throws InvalidValue for a malformed URL and for a parameter that would have no effect; the message never contains
 * the URL
 */
export function readDatabaseUrl(url: string): Connection {
  const [, login, authority = '', path = '', query = ''] = pattern.exec(url) ?? fail(malformedUrl)
  const parameters = readParameters(query)
  const [user, password] = readLogin(login)
  const servers = readServers(authority, parameters, decode)
  return {
    servers,
    user: parameters.get('user') ?? user,
    password: parameters.get('password') ?? password,
    database: parameters.get('dbname') ?? nonEmpty(decode(path)),
    applicationName: parameters.get('application_name') ?? 'gatehouse',
    options: parameters.get('options'),
    connectTimeout: readTimeout(parameters.get('connect_timeout')),
    tls: readTls(parameters, servers[0].host),
  }
}

/** Returns user, hosts, ports and database for messages and the log, without the password. */
export function describeDatabase(url: string): string {
  const { user, servers, database } = readDatabaseUrl(url)
  const where = servers.map(({ host, port }) => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`).join(',')
  return `${user === undefined ? '' : `${user}@`}${where}/${database ?? user ?? ''}`
}

function readParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...rest] = part.split('=')
    if (parameters.has(decode(name))) throw new InvalidValue('must have each of its parameters once')
    parameters.set(decode(name), decode(rest.join('=')))
  }
  checkParameters(parameters)
  // As in libpq, a parameter with an empty value counts as absent.
  return new Map([...parameters].filter(([, value]) => value !== ''))
}

function readLogin(login: string | undefined): [user: string | undefined, password: string | undefined] {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(login ?? '') ?? []
  return [nonEmpty(decode(user)), nonEmpty(decode(password))]
}

/**
 * Reads the parameter connect_timeout.
 * @param timeout the time-out in seconds; 0 selects the service's own time-outs
 * @returns the time-out in milliseconds, or undefined for the service's own time-outs
 */
function readTimeout(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return undefined
  if (!/^\d{1,4}$/.test(timeout)) fail('must have a whole number of seconds as its connect_timeout')
  return Number(timeout) * 1000 || undefined
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!/\p{Cc}/u.test(decoded)) return decoded
  } catch {
    // The URL contains a percent sign that is not encoded.
  }
  return fail(malformedUrl)
}

const nonEmpty = (text: string) => (text === '' ? undefined : text)

function fail(problem: string): never {
  throw new InvalidValue(problem)
}

/** The parser of DATABASE_URL. It checks the URL and returns it unchanged. */
export const databaseUrl: Parser<string> = {
  example: 'postgres://user:password@localhost:5432/gatehouse',
  parse(value) {
    readDatabaseUrl(value)
    return value
  },
}
