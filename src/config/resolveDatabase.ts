import type { ValuesOf } from './defineSetting.ts'
import type { SettingsReader } from './settingsReader.ts'
import type { databaseSettings } from './settings.ts'

/** Returns the connection URL from DATABASE_URL or DB_*, or undefined when the service uses the embedded database. */
export function resolveDatabaseUrl(
  values: ValuesOf<typeof databaseSettings>,
  reader: SettingsReader,
  table: typeof databaseSettings,
) {
  const { url: urlSetting, directUrl, ...parts } = table
  const missing = Object.values(parts).filter((part) => !reader.isSet(part))
  const someAreSet = missing.length < Object.keys(parts).length
  if (reader.isSet(urlSetting)) {
    if (someAreSet) reader.warnings.push('DATABASE_URL is used; DB_NAME and the other DB_* settings have no effect.')
    return values.url
  }
  if (!someAreSet) {
    if (reader.isSet(directUrl)) reader.addError(directUrl, 'has no effect alone: set DATABASE_URL or DB_* as well')
    return undefined
  }
  const problem = 'is missing: set all of DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and DB_PORT, or none'
  for (const part of missing) {
    reader.addError(part, `${problem} (use DATABASE_URL for a database without a password)`)
  }
  return missing.length > 0 ? undefined : connectionUrl(values)
}

function connectionUrl({
  name = '',
  user = '',
  password = '',
  host = '',
  port = 0,
}: ValuesOf<typeof databaseSettings>) {
  // The host is encoded, because it may be an IPv6 address or the folder of a Unix socket.
  const [encodedUser, encodedPassword, encodedHost, database] = [user, password, host, name].map(encodeURIComponent)
  return `postgres://${encodedUser ?? ''}:${encodedPassword ?? ''}@${encodedHost ?? ''}:${port}/${database ?? ''}`
}
