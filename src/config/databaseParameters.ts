/** The supported parameters of DATABASE_URL. */
import { InvalidValue } from './valueParsers.ts'

/** The supported parameters. Each has the same effect as in libpq, on every connection of the service. */
const supported = [
  ...['host', 'port', 'user', 'password', 'dbname', 'application_name', 'options', 'connect_timeout'],
  ...['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'],
]

/** The parameters that may only have the listed values, because the service always behaves as if they were set so. */
const fixedValues: Record<string, readonly string[]> = {
  channel_binding: ['disable', 'prefer'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8'],
  gssencmode: ['disable', 'prefer'],
  sslnegotiation: ['postgres'],
  // The service always looks for the server that accepts writes.
  target_session_attrs: ['any', 'read-write', 'primary'],
  uselibpqcompat: ['true'],
}

/**
 * The unsupported names that an error message may contain. A message omits any other name, because the name may be a
 * part of a password that the operator forgot to encode.
 */
const knownUnsupported = [
  ...['hostaddr', 'passfile', 'require_auth', 'service', 'servicefile', 'replication', 'fallback_application_name'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['sslcompression', 'sslcertmode', 'sslcrl', 'sslcrldir', 'sslsni', 'sslkeylogfile', 'requirepeer', 'requiressl'],
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'min_protocol_version', 'max_protocol_version'],
  ...['krbsrvname', 'gsslib', 'gssdelegation', 'load_balance_hosts', 'statement_timeout', 'query_timeout'],
  ...['idle_in_transaction_session_timeout', 'lock_timeout', 'schema', 'search_path', 'pgbouncer', 'connection_limit'],
  ...['pool_timeout', 'sslaccept', 'sslidentity', 'socket_timeout', 'encoding', 'db'],
]

/**
 * Checks the parameters of DATABASE_URL.
 * @throws InvalidValue when a parameter would have no effect, or another effect than in libpq
 */
export function checkParameters(parameters: ReadonlyMap<string, string>): void {
  for (const [name, value] of parameters) {
    if (supported.includes(name)) continue
    const values = fixedValues[name]
    if (values?.includes(value)) continue
    if (values) throw new InvalidValue(`must have ${values.join(' or ')} as its ${name}, or none`)
    const which = knownUnsupported.includes(name) ? name : 'one of them'
    throw new InvalidValue(`must have no parameter without effect: Gatehouse does not support ${which}`)
  }
}
