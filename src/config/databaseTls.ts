import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type ConnectionOptions } from 'node:tls'
import { Malformed } from './values.ts'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

/** `options` is false for a connection in clear text. Nothing of it holds a private key in the open. */
export type Tls = { mode: SslMode; options: ConnectionOptions | false }

const modes: Record<string, SslMode> = {
  disable: 'disable',
  require: 'require',
  // pg's own word for libpq's require.
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
}

/** pg's own parameter, in addition to libpq's sslmode. */
const switches: Record<string, SslMode> = {
  ...{ true: 'verify-full', 1: 'verify-full', false: 'disable', 0: 'disable' },
  'no-verify': 'require',
}

/**
 * TLS as libpq's sslmode means it, with two differences: `prefer` and `allow` are refused, because they may end in clear
 * text, and a certificate without an sslmode means verify-full. A Unix socket needs no TLS.
 */
export function readTls(parameters: ReadonlyMap<string, string>, host: string): Tls {
  const mode = readMode(parameters)
  const [root, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name))
  if (mode === 'disable' && (root ?? cert ?? key) !== undefined)
    throw new Malformed('must have an sslmode other than disable with its certificates, or no certificates')
  if (mode === 'verify-ca' && root === undefined)
    throw new Malformed('must have an sslrootcert with sslmode=verify-ca: any public authority would do without one')
  if (parameters.get('sslmode') === 'no-verify' && root !== undefined)
    throw new Malformed('must have no sslrootcert with sslmode=no-verify, which verifies nothing')
  if (root === 'system' && mode !== 'verify-full')
    throw new Malformed('must have sslmode=verify-full with sslrootcert=system, which trusts every public authority')
  if ((cert === undefined) !== (key === undefined)) throw new Malformed('must have sslcert and sslkey together')
  const secureContext = mode === 'disable' ? undefined : readContext(parameters)
  if (!secureContext || host === '' || host.startsWith('/')) return { mode, options: false }
  // As in libpq, require verifies the authority when one is named. Node's own default can be switched off from outside.
  const verifies = mode !== 'require' || root !== undefined
  const anyName = mode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}
  return { mode, options: { secureContext, rejectUnauthorized: verifies, ...anyName } }
}

function readMode(parameters: ReadonlyMap<string, string>): SslMode {
  const [given, other] = [parameters.get('sslmode'), parameters.get('ssl')]
  if (given !== undefined && other !== undefined) throw new Malformed('must have sslmode or ssl, not both')
  if (given === 'prefer' || given === 'allow')
    throw new Malformed(`must have another sslmode: ${given} may go on in clear text; choose require or disable`)
  if (given !== undefined) return modes[given] ?? refuse('sslmode', ['disable', 'require', 'verify-ca', 'verify-full'])
  if (other !== undefined) return switches[other] ?? refuse('ssl', Object.keys(switches))
  return ['sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.has(name)) ? 'verify-full' : 'disable'
}

function refuse(name: string, words: string[]): never {
  throw new Malformed(`must have ${words.join(', ')} as its ${name}, or none`)
}

/** Certificates and keys are read and checked at the start: a fault in them is one of the settings. */
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
    throw new Malformed(`must have certificates and a key that belong together and can be used (${code})`)
  }
}

function systemAuthorities(): string[] {
  return [...getCACertificates('system'), ...getCACertificates('extra')]
}

function readPem(parameters: ReadonlyMap<string, string>, name: string): string {
  try {
    const text = readFileSync(parameters.get(name) ?? '', 'utf8')
    // Node would ignore an authority that it cannot read, and would then silently trust none.
    if (name !== 'sslkey') new X509Certificate(text)
    return text
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new Malformed(`must have a file that can be used as its ${name} (${code})`)
  }
}
