import { computed } from '@preact/signals'
import { user } from './session.ts'
import { settings, type Language } from './settings.ts'

/** The language of the signed-in user, or that of the browser. */
export const language = computed<Language>(() => {
  const own = user.value?.language
  return own === 'en' || own === 'ru' ? (own as Language) : settings.language
})

/** Replaces the names in double braces by values. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}

export function formatTime(timestamp: string): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(timestamp),
  )
}

/** Formats a number of seconds from now, such as "in 5 minutes". */
export function formatWait(seconds: number): string {
  const format = new Intl.RelativeTimeFormat(language.value)
  return seconds < 90 ? format.format(Math.ceil(seconds), 'second') : format.format(Math.ceil(seconds / 60), 'minute')
}

export function formatNumber(number: number): string {
  return new Intl.NumberFormat(language.value).format(number)
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** Formats a number of seconds in the largest unit that divides it, such as "15 min". */
export function formatDuration(seconds: number): string {
  const [unit, length] = units.find(([, each]) => seconds % each === 0) ?? ['second', 1]
  const format = new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short' })
  return format.format(seconds / length)
}

/** The forms of a text with a number, by the plural categories of the language. */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>

/** Formats a number with its noun, such as "3 users". */
export function formatCount(count: number, forms: Forms, isCapped = false): string {
  const text = forms[new Intl.PluralRules(language.value).select(count)] ?? forms.other
  return fill(text, { count: `${formatNumber(count)}${isCapped ? '+' : ''}` })
}
