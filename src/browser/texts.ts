import { computed } from '@preact/signals'
import { mergeTexts } from '../brand/mergeTexts.ts'
import { language } from './language.ts'
import { settings } from './settings.ts'
import { en } from './texts/en.ts'
import { ru } from './texts/ru.ts'

/** The texts that all pages use, in the language of the page. */
export const texts = computed(() => mergeTexts({ en, ru }[language.value], settings.texts[language.value]?.entry))
