import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkParameters } from './databaseParameters.ts'
import { readTls, type Tls } from './databaseTls.ts'
import { InvalidValue, type Parser } from './valueParsers.ts'

/** The parsed DATABASE_URL. Every connection of the service to the database uses these values. */
export type Connection = {
  /** A host name, an IP address, or the absolute path of the folder with the Unix socket. */
  host: string
  port: number
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

const malformed =
  'must be a URL that begins with postgres:// or postgresql://, with special characters in the password percent-encoded'

const pattern = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/i

/**
 * Reads a connection URL as libpq does: parameters override the rest of the URL, and an empty host means the local
 * Unix socket.
 * @throws InvalidValue for a malformed URL and for a parameter that would have no effect; the message never contains
 * the URL
 */
export function readDatabaseUrl(url: string): Connection {
  const [, login, authority = '', path = '', query = ''] = pattern.exec(url) ?? fail(malformed)
  const parameters = readParameters(query)
  const [user, password] = readLogin(login)
  const [name, ownPort] = readAuthority(authority)
  const host = checkHost(parameters.get('host') ?? name)
  return {
    host: host === '' ? localSocket() : host,
    port: readPort(parameters.get('port') ?? ownPort),
    user: parameters.get('user') ?? user,
    password: parameters.get('password') ?? password,
    database: parameters.get('dbname') ?? nonEmpty(decode(path)),
    applicationName: parameters.get('application_name') ?? 'gatehouse',
    options: parameters.get('options'),
    connectTimeout: readTimeout(parameters.get('connect_timeout')),
    tls: readTls(parameters, host),
  }
}

/** Returns user, host, port and database for messages and the log, without the password. */
export function describeDatabase(url: string): string {
  const { user, host, port, database } = readDatabaseUrl(url)
  const where = isIP(host) === 6 ? `[${host}]` : host
  return `${user === undefined ? '' : `${user}@`}${where}:${port}/${database ?? user ?? ''}`
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

function readAuthority(authority: string): [host: string, port: string | undefined] {
  if (authority.includes(',')) fail(severalHosts)
  const [, address, name = '', port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::(.*))?$/i.exec(authority) ?? fail(malformed)
  return [address ?? decode(name), nonEmpty(port ?? '')]
}

const severalHosts =
  'must have one host: Gatehouse does not choose between several, so use a name that always leads to the primary server'

function checkHost(host: string): string {
  if (host.includes(',')) fail(severalHosts)
  if (!host.startsWith('/') && isIP(host) === 0 && !/^[\p{L}\p{N}_.-]*$/u.test(host)) fail(malformed)
  return host
}

/**
 * Returns the socket folder that PostgreSQL's Linux packages use. If it does not exist, returns /tmp, which is
 * PostgreSQL's default.
 */
function localSocket(): string {
  return existsSync('/var/run/postgresql') ? '/var/run/postgresql' : '/tmp'
}

function readPort(port = '5432'): number {
  if (port.includes(',')) fail(severalHosts)
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  return number >= 1 && number <= 65_535 ? number : fail(malformed)
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
  return fail(malformed)
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
