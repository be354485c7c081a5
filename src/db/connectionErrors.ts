import { errorCode, isConnectError, rootMessage } from './errors.ts'

// In each of the following sentences, the message of the server replaces “…”.
const wantsTls = 'wants TLS (…): add sslmode=verify-full, or sslmode=require, to DATABASE_URL.'
const lostStatements =
  'is behind a pooler that does not keep prepared statements (…): DATABASE_PREPARED_STATEMENTS must be off.'

const sentencesByState: Record<string, string> = {
  '28P01': 'refuses the password (…): check DB_USER and DB_PASSWORD, or DATABASE_URL.',
  '28000': 'refuses the user (…): check DB_USER, or DATABASE_URL, and the server’s pg_hba.conf.',
  '3D000': 'does not have this database (…): create it, or check DB_NAME or DATABASE_URL.',
  '42501':
    'refuses this user a right (…): run gatehouse migrate as the owner of its tables, with --grant-to and this user’s name; to be the owner, this user needs create on the schema public.',
  '26000': lostStatements,
  '42P05': lostStatements,
}

/** All errors of PgBouncer have the SQLSTATE 08P01, so only the message shows whether waiting helps. */
const poolerSentences: [message: RegExp, sentence: string][] = [
  [
    /unsupported startup parameter: options/,
    'is behind a pooler that refuses the options of DATABASE_URL (…): remove them, and give them to the role (alter role … set …).',
  ],
  [
    /unsupported startup parameter/,
    'is behind a pooler that refuses a start-up parameter (…): in pgbouncer.ini set ignore_startup_parameters = extra_float_digits,statement_timeout,idle_in_transaction_session_timeout, or connect to PostgreSQL itself.',
  ],
  [
    /no such database|database .* does not exist/,
    'does not have this database (…): add it to the pooler, or check DB_NAME or DATABASE_URL.',
  ],
  [
    /no such user|authentication failed|auth failed|password/i,
    'refuses the user or the password (…): check DB_USER and DB_PASSWORD, or DATABASE_URL, and the users of the pooler.',
  ],
  [/SSL required|TLS required/, wantsTls],
]

/**
 * Describes an error after which waiting does not help.
 * @returns the end of a sentence whose subject is the database, or undefined for an error after which waiting may
 * help
 */
export function describePermanentError(error: unknown): string | undefined {
  const code = errorCode(error) ?? ''
  const message = rootMessage(error)
  return findSentence(error, code, message)?.replace('…', () => message)
}

function findSentence(error: unknown, code: string, message: string): string | undefined {
  if (code === '28000' && message.includes('no encryption')) return wantsTls
  if (code === '08P01') return poolerSentences.find(([pattern]) => pattern.test(message))?.[1]
  if (/^(EACCES|EPERM)$/.test(code) && isConnectError(error))
    return 'cannot be reached by this user (…): check the permissions of the socket and of its folder.'
  return sentencesByState[code] ?? findTlsSentence(code, message)
}

function findTlsSentence(code: string, message: string): string | undefined {
  if (message === 'The server does not support SSL connections')
    return 'does not offer TLS, and DATABASE_URL demands it: switch ssl on in the server, or use sslmode=disable.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'has a certificate for another name: connect by the name in it, or use sslmode=verify-ca with sslrootcert.'
  if (/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|HOSTNAME_)/.test(code))
    return 'has a certificate that cannot be verified (…): name the authority that signed it with sslrootcert.'
  if (/^ERR_(SSL|TLS|OSSL)_/.test(code)) return 'cannot agree on TLS with this service (…): check its certificates.'
  return undefined
}
