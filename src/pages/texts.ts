import type { AppContext } from '../http/state.ts'
import { en } from './texts/en.ts'
import { ru } from './texts/ru.ts'

/** The texts of pages, which files in PAGES_DIR can replace. */
export const texts = { en, ru }

export type Language = keyof typeof texts

/** Returns the language that the browser prefers. */
export function languageOf(context: AppContext): Language {
  return context.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en'
}

/** Replaces the names in double braces by values. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}

const units = [
  ['hour', 2 * 3600, 3600],
  ['minute', 90, 60],
  ['second', 0, 1],
] as const

/** Formats a number of seconds from now for people, such as "in 5 minutes". */
export function formatWait(seconds: number, language: Language): string {
  const [unit, , length] = units.find(([, least]) => seconds >= least) ?? units[2]
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / length), unit)
}
