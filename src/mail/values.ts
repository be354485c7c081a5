import { domainToUnicode } from 'node:url'
import type { Language } from './render.ts'

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
