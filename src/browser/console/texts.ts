import { signal } from '@preact/signals'
import type { Language } from '../settings.ts'
import type { en } from './texts/en.ts'

/** The texts of the console, once they are loaded. */
export const consoleTexts = signal({} as typeof en)

/** Loads the texts of one language. */
export async function loadTexts(language: Language): Promise<void> {
  consoleTexts.value = language === 'ru' ? (await import('./texts/ru.ts')).ru : (await import('./texts/en.ts')).en
}
