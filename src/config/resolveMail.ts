import { createRequire } from 'node:module'
import { mailboxAddress } from './networkParsers.ts'
import type { ValuesOf } from './defineSetting.ts'
import type { SettingsReader } from './settingsReader.ts'
import type { mailSettings } from './settings.ts'

export type SmtpService = {
  kind: 'smtp'
  host: string
  port: number
  /** Whether the connection uses TLS from the first byte. */
  secure: boolean
  /** Whether the service sends mail only after a successful STARTTLS. */
  requireTls: boolean
  user: string | undefined
  password: string | undefined
}
export type MailService = SmtpService | { kind: 'console' } | { kind: 'file' }

/** Returns the mail service that the settings EMAIL_* describe. Settings that are missing have Django’s defaults. */
export function resolveMailService(
  values: ValuesOf<typeof mailSettings>,
  reader: SettingsReader,
  table: typeof mailSettings,
): MailService {
  const { backend, user } = values
  if (values.useTls && values.useSsl) {
    reader.addError(
      { ...table.useSsl, example: 'off' },
      'must be off when EMAIL_USE_TLS is on: SSL is for port 465, TLS (STARTTLS) for other ports',
    )
  }
  if (backend?.includes('.console.')) return { kind: 'console' }
  if (backend?.includes('.filebased.')) return { kind: 'file' }
  const smtp = resolveSmtp(values)
  if (smtp) return smtp
  if (backend) {
    reader.addError(
      table.host,
      'is missing: EMAIL_BACKEND is SMTP, and EMAIL_HOST_USER is not an address of a known mail service',
    )
  } else if (user !== undefined) {
    reader.serviceWarnings.push(
      'EMAIL_HOST_USER has no effect: EMAIL_HOST is not set, and the address is not one of a known mail service.',
    )
  }
  return { kind: 'console' }
}

function resolveSmtp(values: ValuesOf<typeof mailSettings>): SmtpService | undefined {
  const service = values.host === undefined ? findWellKnownService(values.user) : undefined
  const host = values.host ?? service?.host
  if (host === undefined) return undefined
  const port = values.port ?? defaultPort(values, service)
  const secure = values.useSsl || (port === 465 && !values.useTls)
  // All well-known mail services offer TLS. A server without TLS that claims to be one of them belongs to an
  // attacker.
  const requireTls = !secure && (values.useTls || service !== undefined)
  return { kind: 'smtp', host, port, secure, requireTls, user: values.user, password: values.password }
}

function defaultPort(
  { useSsl, useTls }: ValuesOf<typeof mailSettings>,
  service: { port?: number | string | undefined } | undefined,
) {
  if (useSsl) return 465
  if (useTls) return 587
  return service ? Number(service.port ?? 587) : 25
}

function findWellKnownService(user = '') {
  const domain = mailboxAddress(user)?.split('@')[1]
  // nodemailer’s list also has names without a dot, such as `outlook`. They are not domains, so that the user
  // `me@outlook` does not select a service.
  if (!domain?.includes('.')) return undefined
  // The module is loaded here and not at the top, because most starts do not need the list.
  const { default: wellKnown } = createRequire(import.meta.url)('nodemailer/lib/well-known') as WellKnown
  return wellKnown(domain) || undefined
}

type WellKnown = typeof import('nodemailer/lib/well-known')
