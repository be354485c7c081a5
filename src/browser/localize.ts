import { computed, effect, type ReadonlySignal } from '@preact/signals'
import { mergeTexts, type SomeOf } from '../brand/mergeTexts.ts'
import { language } from './language.ts'
import { settings, type Language } from './settings.ts'

/**
 * Returns a group of texts in the language of the page. The product's own texts of this group replace those of the same
 * names.
 */
export function localize<Texts>(group: string, texts: Readonly<Record<Language, Texts>>): ReadonlySignal<Texts> {
  return computed(() => {
    const own = settings.texts[language.value]?.[group] as SomeOf<Texts> | undefined
    return mergeTexts(texts[language.value], own)
  })
}

/** Keeps the document, and the footer that the server has written, in the language of the user. */
export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value
    for (const link of document.querySelectorAll<HTMLElement>('footer a'))
      link.textContent = link.dataset[language.value] ?? ''
  })
}
