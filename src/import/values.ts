import type { Value } from './source.ts'

const timestamp = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s?(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$/
const hexUuid = /^[0-9a-f]{32}$/i
const dashedUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function toText(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

/** Reads a boolean of PostgreSQL (`t`), of SQLite (1) or of text. */
export function toBoolean(value: Value | undefined): boolean {
  return value === 1 || value === 't' || value === 'true' || value === '1' || value === 'True'
}

/**
 * Reads a timestamp as ISO 8601 with an offset. A timestamp without one is in UTC, as Django stores it with USE_TZ.
 * @returns undefined if the text is not a timestamp
 */
export function toTimestamp(value: Value | undefined): string | undefined {
  const [, date = '', time = '', offset = 'Z'] = timestamp.exec(toText(value)) ?? []
  const moment = new Date(`${date}T${time.slice(0, 12)}Z`)
  const isValid = !Number.isNaN(moment.getTime()) && new Date(date).toISOString().startsWith(date) && date >= '0001'
  return isValid ? `${date}T${time}${offset}` : undefined
}

/** Returns a primary key as text. SQLite stores a UUID as 32 hexadecimal digits. */
export function toLegacyId(value: Value | undefined): string {
  const text = toText(value)
  if (hexUuid.test(text)) return text.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return dashedUuid.test(text) ? text.toLowerCase() : text
}

export function isUuid(legacyId: string): boolean {
  return dashedUuid.test(legacyId)
}

/** Removes invisible characters, and shortens a text to a number of UTF-16 code units. */
export function toVisible(value: Value | undefined, maxLength: number): string {
  const text = toText(value).toWellFormed()
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .slice(0, maxLength)
    .replace(/[\ud800-\udbff]$/, '') // the cut may leave half of a surrogate pair
}
