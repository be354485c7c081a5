import { createRequire } from 'node:module'
import { addressOf } from './urls.ts'
import type { Reader, Values } from './reader.ts'
import type { mail } from './settings.ts'

export type Smtp = {
  kind: 'smtp'
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  /** STARTTLS, or nothing is sent. */
  requireTls: boolean
  user: string | undefined
  password: string | undefined
}
export type Mail = Smtp | { kind: 'console' } | { kind: 'file' }

export function mailServiceFrom(values: Values<typeof mail>, reader: Reader, table: typeof mail): Mail {
  const { backend, user } = values
  if (values.useTls && values.useSsl) {
    reader.addError(
      { ...table.useSsl, example: 'off' },
      'must not be on together with EMAIL_USE_TLS: SSL is for port 465, TLS (STARTTLS) for the others',
    )
  }
  if (backend?.includes('.console.')) return { kind: 'console' }
  if (backend?.includes('.filebased.')) return { kind: 'file' }
  const smtp = smtpFrom(values)
  if (smtp) return smtp
  if (backend) {
    reader.addError(table.host, 'is missing: EMAIL_BACKEND asks for SMTP, and no host follows from EMAIL_HOST_USER')
  } else if (user !== undefined) {
    reader.warnings.push('EMAIL_HOST_USER has no effect: EMAIL_HOST is not set, and none is known for it.')
  }
  return { kind: 'console' }
}

function smtpFrom(values: Values<typeof mail>): Smtp | undefined {
  const service = values.host === undefined ? wellKnownService(values.user) : undefined
  const host = values.host ?? service?.host
  if (host === undefined) return undefined
  const port = values.port ?? defaultPort(values, service)
  const secure = values.useSsl || (port === 465 && !values.useTls)
  // A well-known service offers TLS, so whoever offers none in its name is somebody else.
  const requireTls = !secure && (values.useTls || service !== undefined)
  return { kind: 'smtp', host, port, secure, requireTls, user: values.user, password: values.password }
}

function defaultPort(
  { useSsl, useTls }: Values<typeof mail>,
  service: { port?: number | string | undefined } | undefined,
) {
  if (useSsl) return 465
  if (useTls) return 587
  return service ? Number(service.port ?? 587) : 25
}

function wellKnownService(user = '') {
  const domain = addressOf(user)?.split('@')[1]
  // The list has names beside domains: a dot keeps `me@outlook` from being one.
  if (!domain?.includes('.')) return undefined
  // Required here, because most starts need no list of mail services.
  const { default: wellKnown } = createRequire(import.meta.url)('nodemailer/lib/well-known') as WellKnown
  return wellKnown(domain) || undefined
}

type WellKnown = typeof import('nodemailer/lib/well-known')
