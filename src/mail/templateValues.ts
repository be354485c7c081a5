import { domainToUnicode } from 'node:url'
import type { Language } from './language.ts'

/**
 * Returns the name of the service in mails: the host and port of the base URL. An internationalized host is shown in
 * its own script. Links contain its ASCII form.
 */
export function serviceName(baseUrl: string): string {
  const { hostname, port } = new URL(baseUrl)
  const name = domainToUnicode(hostname) || hostname
  return port === '' ? name : `${name}:${port}`
}

const locales: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU' }

// Making a format takes much longer than using it.
const formats = new Map<Language, Intl.DateTimeFormat>()

/** Formats a time for people, for example as "5 March 2026 at 09:07 UTC". */
export function formatTime(timestamp: string, language: Language): string {
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  const format = formats.get(language) ?? new Intl.DateTimeFormat(locales[language], options)
  formats.set(language, format)
  return `${format.format(new Date(timestamp))} UTC`
}
