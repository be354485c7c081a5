/** The TLS options of the connections to the database, from the parameters of DATABASE_URL. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type ConnectionOptions } from 'node:tls'
import { InvalidValue } from './valueParsers.ts'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

/**
 * The TLS mode and options of a connection. `options` is false for a connection without TLS. A log entry of the
 * options never contains the private key.
 */
export type Tls = { mode: SslMode; options: ConnectionOptions | false }

const modes: Record<string, SslMode> = {
  disable: 'disable',
  require: 'require',
  // pg's name for libpq's `require`.
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
}

/** The values of pg's own parameter `ssl`, and the sslmode that each one means. */
const sslValues: Record<string, SslMode> = {
  ...{ true: 'verify-full', 1: 'verify-full', false: 'disable', 0: 'disable' },
  'no-verify': 'require',
}

/**
 * Reads the TLS options as libpq reads sslmode, with two differences. `prefer` and `allow` are refused, because they
 * allow connections without TLS. A certificate without an sslmode means verify-full. Connections to a Unix socket use
 * no TLS.
 */
export function readTls(parameters: ReadonlyMap<string, string>, host: string): Tls {
  const mode = readMode(parameters)
  const [root, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name))
  if (mode === 'disable' && (root ?? cert ?? key) !== undefined)
    throw new InvalidValue('must have an sslmode other than disable with its certificates, or no certificates')
  if (mode === 'verify-ca' && root === undefined)
    throw new InvalidValue(
      'must have an sslrootcert with sslmode=verify-ca: without one any public authority would be accepted',
    )
  if (parameters.get('sslmode') === 'no-verify' && root !== undefined)
    throw new InvalidValue('must have no sslrootcert with sslmode=no-verify, which verifies nothing')
  if (root === 'system' && mode !== 'verify-full')
    throw new InvalidValue('must have sslmode=verify-full with sslrootcert=system, which trusts every public authority')
  if ((cert === undefined) !== (key === undefined)) throw new InvalidValue('must have sslcert and sslkey together')
  const secureContext = mode === 'disable' ? undefined : readContext(parameters)
  if (!secureContext || host.startsWith('/')) return { mode, options: false }
  // As in libpq, `require` verifies the certificate authority when sslrootcert names one. The options always contain
  // rejectUnauthorized, because an environment variable can change Node's default.
  const verifies = mode !== 'require' || root !== undefined
  const anyName = mode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}
  return { mode, options: { secureContext, rejectUnauthorized: verifies, ...anyName } }
}

function readMode(parameters: ReadonlyMap<string, string>): SslMode {
  const [given, other] = [parameters.get('sslmode'), parameters.get('ssl')]
  if (given !== undefined && other !== undefined) throw new InvalidValue('must have sslmode or ssl, not both')
  if (given === 'prefer' || given === 'allow')
    throw new InvalidValue(`must have another sslmode: ${given} may connect in clear text; choose require or disable`)
  if (given !== undefined) return modes[given] ?? refuse('sslmode', ['disable', 'require', 'verify-ca', 'verify-full'])
  if (other !== undefined) return sslValues[other] ?? refuse('ssl', Object.keys(sslValues))
  return ['sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.has(name)) ? 'verify-full' : 'disable'
}

function refuse(name: string, allowed: string[]): never {
  throw new InvalidValue(`must have one of ${allowed.join(', ')} as its ${name}, or none`)
}

/**
 * Reads and checks the certificates and keys at start, so that an error in a file is reported as an error of
 * DATABASE_URL.
 */
function readContext(parameters: ReadonlyMap<string, string>) {
  const root = parameters.get('sslrootcert')
  const passphrase = parameters.get('sslpassword')
  const files = {
    ...(root === undefined ? {} : { ca: root === 'system' ? systemAuthorities() : readPem(parameters, 'sslrootcert') }),
    ...(parameters.has('sslcert') ? { cert: readPem(parameters, 'sslcert'), key: readPem(parameters, 'sslkey') } : {}),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  try {
    return createSecureContext(files)
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new InvalidValue(`must have usable certificates and a matching key (${code})`)
  }
}

function systemAuthorities(): string[] {
  return [...getCACertificates('system'), ...getCACertificates('extra')]
}

function readPem(parameters: ReadonlyMap<string, string>, name: string): string {
  try {
    const text = readFileSync(parameters.get(name) ?? '', 'utf8')
    // Node ignores a certificate authority that it cannot parse, and would then trust no authority.
    if (name !== 'sslkey') new X509Certificate(text)
    return text
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new InvalidValue(`must have a usable file as its ${name} (${code})`)
  }
}
