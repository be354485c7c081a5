import { domainToUnicode } from 'node:url'
import type { Language } from './render.ts'

const maxDeviceLength = 120

/** How a mail names the service: the host of the base URL, an internationalized one in its own script. Links keep the ASCII form. */
export function serviceName(baseUrl: string): string {
  const { hostname, port } = new URL(baseUrl)
  const name = domainToUnicode(hostname) || hostname
  return port === '' ? name : `${name}:${port}`
}

const locales: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU' }

/** A moment for people: "5 March 2026 at 09:07 UTC". */
export function formatTime(timestamp: string, language: Language): string {
  const format = new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(new Date(timestamp))} UTC`
}

/**
 * A User-Agent as a mail may show it. It is the one text here that a stranger writes, so nothing stays that a mail
 * reader makes a link of: no `:` and `@`, and a dot only between two digits.
 */
export function describeDevice(userAgent: string): string {
  const harmless = userAgent
    .replace(/[^A-Za-z0-9 /.;()_-]/g, ' ')
    .replace(/(?<!\d)\.|\.(?!\d)/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
  if (harmless === '') return '—'
  return harmless.length <= maxDeviceLength ? harmless : `${harmless.slice(0, maxDeviceLength - 1)}…`
}

/** An address that its owner recognises and nobody else can write to: "j…@example.com". */
export function maskAddress(email: string): string {
  const [first = ''] = email
  return `${first}…${email.slice(email.lastIndexOf('@'))}`
}
