import { localize } from './localize.ts'
import { en } from './texts/en.ts'
import { ru } from './texts/ru.ts'

/** The texts that all pages use, in the language of the page. */
export const texts = localize('entry', { en, ru })
