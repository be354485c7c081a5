/** The hosts and ports of DATABASE_URL. */
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { InvalidValue } from './valueParsers.ts'

export type DatabaseServer = {
  /** A host name, an IP address, or the absolute path of the folder with the Unix socket. */
  host: string
  port: number
}

export const malformedUrl =
  'must be a URL that begins with postgres:// or postgresql://, with special characters in the password percent-encoded'

const maxServers = 10

/**
 * Reads the servers as libpq does: hosts and ports are separated by commas, there is one port for each host or one
 * for all, and an empty host means the local Unix socket.
 * @param authority the hosts and ports before the path of the URL
 * @param parameters the parameters of the URL. `host` and `port` override the authority.
 * @param decode decodes percent-encoded text
 * @throws InvalidValue for malformed hosts and ports
 */
export function readServers(
  authority: string,
  parameters: ReadonlyMap<string, string>,
  decode: (text: string) => string,
): [DatabaseServer, ...DatabaseServer[]] {
  const pairs = authority.split(',').map((part) => splitHostAndPort(part, decode))
  const hosts = (parameters.get('host') ?? pairs.map(([host]) => host).join(',')).split(',')
  const ports = (parameters.get('port') ?? pairs.map(([, port]) => port).join(',')).split(',').map(readPort)
  if (hosts.length > maxServers) throw new InvalidValue(`must have at most ${maxServers} hosts`)
  if (ports.length > 1 && ports.length !== hosts.length)
    throw new InvalidValue('must have one port for each of its hosts, or one for all')
  const [first, ...others] = hosts.map((host, at) => ({ host: readHost(host), port: ports[at] ?? ports[0] ?? 5432 }))
  if (!first) throw new InvalidValue(malformedUrl)
  if (others.length > 0 && [first, ...others].some(({ host }) => host.startsWith('/')))
    throw new InvalidValue('must have names or IP addresses as its hosts, if it has several')
  return [first, ...others]
}

function splitHostAndPort(text: string, decode: (text: string) => string): [host: string, port: string] {
  const [, address, name = '', port = ''] = /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::(.*))?$/i.exec(text) ?? fail()
  return [address ?? decode(name), port]
}

function readHost(host: string): string {
  if (host === '') return localSocket()
  if (!host.startsWith('/') && isIP(host) === 0 && !/^[\p{L}\p{N}_.-]+$/u.test(host)) fail()
  return host
}

/**
 * Returns the socket folder that PostgreSQL's Linux packages use. If it does not exist, returns /tmp, which is
 * PostgreSQL's default.
 */
function localSocket(): string {
  return existsSync('/var/run/postgresql') ? '/var/run/postgresql' : '/tmp'
}

function readPort(port: string): number {
  if (port === '') return 5432
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  return number >= 1 && number <= 65_535 ? number : fail()
}

function fail(): never {
  throw new InvalidValue(malformedUrl)
}
