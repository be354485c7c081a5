import { Malformed } from './values.ts'

/** Parameters that reach every connection with the effect that they have in libpq. */
const honoured = [
  ...['host', 'port', 'user', 'password', 'dbname', 'application_name', 'options', 'connect_timeout'],
  ...['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'],
]

/** Parameters of which only these values describe what the service does. */
const fixed: Record<string, readonly string[]> = {
  channel_binding: ['disable', 'prefer'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8'],
  gssencmode: ['disable', 'prefer'],
  sslnegotiation: ['postgres'],
  // The service starts only where it can write.
  target_session_attrs: ['any', 'read-write', 'primary'],
  uselibpqcompat: ['true'],
}

/** Names that may be quoted in a message; what else looks like a name may be a piece of a password. */
const refused = [
  ...['hostaddr', 'passfile', 'require_auth', 'service', 'servicefile', 'replication', 'fallback_application_name'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['sslcompression', 'sslcertmode', 'sslcrl', 'sslcrldir', 'sslsni', 'sslkeylogfile', 'requirepeer', 'requiressl'],
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'min_protocol_version', 'max_protocol_version'],
  ...['krbsrvname', 'gsslib', 'gssdelegation', 'load_balance_hosts', 'statement_timeout', 'query_timeout'],
  ...['idle_in_transaction_session_timeout', 'lock_timeout', 'schema', 'search_path', 'pgbouncer', 'connection_limit'],
  ...['pool_timeout', 'sslaccept', 'sslidentity', 'socket_timeout', 'encoding', 'db'],
]

/** @throws Malformed when a parameter would have no effect, or another one than it says */
export function checkParameters(parameters: ReadonlyMap<string, string>): void {
  for (const [name, value] of parameters) {
    if (honoured.includes(name)) continue
    const values = fixed[name]
    if (values?.includes(value)) continue
    if (values) throw new Malformed(`must have ${values.join(' or ')} as its ${name}, or none`)
    const which = refused.includes(name) ? name : 'one of them'
    throw new Malformed(`must have no parameter without effect: Gatehouse does not support ${which}`)
  }
}
