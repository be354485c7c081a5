import type { Reader, Values } from './reader.ts'
import type { database } from './settings.ts'
import { Malformed, type Parser } from './values.ts'

// Slonik's; it meets another with a stack trace of its validator.
const sslModes = ['disable', 'require', 'no-verify']

export const databaseUrl: Parser<string> = {
  example: 'postgres://user:password@localhost:5432/gatehouse',
  parse(value) {
    const url = /^postgres(ql)?:\/\//i.test(value) && isDecodable(value) ? URL.parse(value) : null
    if (!url || url.hash) {
      throw new Malformed(
        'must be a URL that begins with postgres:// or postgresql://, special characters in its password percent-encoded',
      )
    }
    if (!sslModes.includes(url.searchParams.get('sslmode') ?? 'disable')) {
      throw new Malformed(`must have an sslmode out of ${sslModes.join(', ')}, or none`)
    }
    // Slonik would look an IPv6 address up with its brackets on, as a name.
    return value.replace(/(?<=\/\/(?:[^/?#]*@)?)\[([\da-f:.]+)\]/i, (_, address: string) => encodeURIComponent(address))
  },
}

function isDecodable(value: string) {
  try {
    return Boolean(decodeURIComponent(value))
  } catch {
    return false
  }
}

/** The connection's URL; undefined: the embedded database. */
export function databaseFrom(values: Values<typeof database>, reader: Reader, table: typeof database) {
  const { url: urlSetting, ...parts } = table
  const missing = Object.values(parts).filter((part) => !reader.isSet(part))
  const someAreSet = missing.length < Object.keys(parts).length
  if (reader.isSet(urlSetting)) {
    if (someAreSet) reader.warnings.push('DATABASE_URL is used; DB_NAME and the other DB_* settings have no effect.')
    return values.url
  }
  if (!someAreSet) return undefined
  const together = 'is missing: DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and DB_PORT belong together'
  for (const part of missing) {
    reader.fault(part, `${together} (DATABASE_URL is the way to a database without a password)`)
  }
  return connectionUrl(values)
}

function connectionUrl({ name = '', user = '', password = '', host = '', port = 0 }: Values<typeof database>) {
  // An encoded host is what Slonik, pg and libpq all take for an IPv6 address or a socket folder.
  const [login, secret, where, path] = [user, password, host, name].map(encodeURIComponent)
  return `postgres://${login ?? ''}:${secret ?? ''}@${where ?? ''}:${port}/${path ?? ''}`
}
