import { domainToUnicode } from 'node:url'
import type { Config } from '../config/config.ts'
import { describeDevice } from './describeDevice.ts'
import type { Words } from './words.ts'

export type ProductSettings = Pick<Config, 'baseUrl' | 'productName' | 'productUrl' | 'termsUrl' | 'privacyUrl'>

/** The values that differ from mail to mail, as the database has them. */
export type MailValues = {
  /** The path and query of the link with the mail's code. */
  link: string
  /** A timestamp. */
  time: string
  ipAddress: string
  /** A User-Agent. */
  device: string
}

/**
 * Says how each of these values is written in a mail. So no template can contain a User-Agent (security 101), and all
 * links start with the base URL (security 24).
 */
const formats: Record<keyof MailValues, (value: string, words: Words, baseUrl: string) => string> = {
  link: (path, _words, baseUrl) => `${baseUrl}${path}`,
  time: formatTime,
  ipAddress: (address) => address,
  device: describeDevice,
}

const isMailValue = (name: string): name is keyof MailValues => Object.hasOwn(formats, name)

export function formatValues(values: Partial<MailValues>, words: Words, baseUrl: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isMailValue(name) ? [[name, formats[name](value, words, baseUrl)] as const] : [],
    ),
  )
}

/** The pages of the account to which every template can link. */
const pageLinks = {
  signInLink: '/account/sign-in/',
  registerLink: '/account/register/',
  recoverLink: '/account/forgot-password/',
  sessionsLink: '/account/sessions/',
}

/** The placeholders that every template can use. */
export const commonPlaceholders = ['product', ...Object.keys(pageLinks)]

export function commonValues({ baseUrl, productName }: ProductSettings): Record<string, string> {
  const links = Object.entries(pageLinks).map(([name, path]) => [name, `${baseUrl}${path}`] as const)
  return { product: productName ?? serviceName(baseUrl), ...Object.fromEntries(links) }
}

/**
 * Returns the name of the service: the host and port of the base URL. An internationalized host is shown in its own script. Links contain its
 * ASCII form.
 */
export function serviceName(baseUrl: string): string {
  const { hostname, port } = new URL(baseUrl)
  const name = domainToUnicode(hostname) || hostname
  return port === '' ? name : `${name}:${port}`
}

// Making a format takes much longer than using it.
const timeFormats = new Map<string, Intl.DateTimeFormat>()

/** Formats a time for people, for example as "5 March 2026 at 09:07 UTC". */
export function formatTime(timestamp: string, { locale }: Words): string {
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  const format = timeFormats.get(locale) ?? new Intl.DateTimeFormat(locale, options)
  timeFormats.set(locale, format)
  return `${format.format(new Date(timestamp))} UTC`
}
