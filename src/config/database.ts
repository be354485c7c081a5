import type { Reader, Values } from './reader.ts'
import type { database } from './settings.ts'

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
    reader.addError(part, `${together} (DATABASE_URL is the way to a database without a password)`)
  }
  return missing.length > 0 ? undefined : connectionUrl(values)
}

function connectionUrl({ name = '', user = '', password = '', host = '', port = 0 }: Values<typeof database>) {
  // An encoded host may be an IPv6 address or the folder of a socket.
  const [login, secret, where, path] = [user, password, host, name].map(encodeURIComponent)
  return `postgres://${login ?? ''}:${secret ?? ''}@${where ?? ''}:${port}/${path ?? ''}`
}
