import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkParameters } from './databaseParameters.ts'
import { readTls, type Tls } from './databaseTls.ts'
import { Malformed, type Parser } from './values.ts'

/** How to reach the database: the one reading of DATABASE_URL, which every connection of the service is made from. */
export type Connection = {
  /** A name, an IP address, or the absolute path of the folder of a Unix socket. */
  host: string
  port: number
  /** Undefined: PGUSER, or the name of the operating system's user, as with libpq. */
  user: string | undefined
  /** Undefined: PGPASSWORD or the password file, as with libpq. */
  password: string | undefined
  /** Undefined: the one of the user's name. */
  database: string | undefined
  applicationName: string
  options: string | undefined
  /** In milliseconds, instead of the service's own time-outs. */
  connectTimeout: number | undefined
  tls: Tls
}

const malformed =
  'must be a URL that begins with postgres:// or postgresql://, special characters in its password percent-encoded'

const pattern = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/i

/**
 * Reads a connection URL as libpq does: parameters win over the rest of the URL, and an empty host is the local socket.
 * Whatever would have no effect is refused. No message quotes the URL.
 * @throws Malformed
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

/** Who connects where, for messages and the log: never the password. */
export function describeDatabase(url: string): string {
  const { user, host, port, database } = readDatabaseUrl(url)
  const where = isIP(host) === 6 ? `[${host}]` : host
  return `${user === undefined ? '' : `${user}@`}${where}:${port}/${database ?? user ?? ''}`
}

function readParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...rest] = part.split('=')
    if (parameters.has(decode(name))) throw new Malformed('must have each of its parameters once')
    parameters.set(decode(name), decode(rest.join('=')))
  }
  checkParameters(parameters)
  // As with libpq, an empty value is none.
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
  'must have one host: Gatehouse does not choose between several, so name one that always leads to the primary server'

function checkHost(host: string): string {
  if (host.includes(',')) fail(severalHosts)
  if (!host.startsWith('/') && isIP(host) === 0 && !/^[\p{L}\p{N}_.-]*$/u.test(host)) fail(malformed)
  return host
}

/** Where PostgreSQL's packages put its socket; its own default is /tmp. */
function localSocket(): string {
  return existsSync('/var/run/postgresql') ? '/var/run/postgresql' : '/tmp'
}

function readPort(port = '5432'): number {
  if (port.includes(',')) fail(severalHosts)
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  return number >= 1 && number <= 65_535 ? number : fail(malformed)
}

/** In seconds, where 0 is no time-out of its own, as with libpq. */
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
    // It is not percent-encoded.
  }
  return fail(malformed)
}

const nonEmpty = (text: string) => (text === '' ? undefined : text)

function fail(problem: string): never {
  throw new Malformed(problem)
}

/** The setting DATABASE_URL: the text itself, once it is known to be readable. */
export const databaseUrl: Parser<string> = {
  example: 'postgres://user:password@localhost:5432/gatehouse',
  parse(value) {
    readDatabaseUrl(value)
    return value
  },
}
