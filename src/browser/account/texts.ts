import { computed } from '@preact/signals'
import { mergeTexts } from '../../brand/mergeTexts.ts'
import { language } from '../language.ts'
import { settings } from '../settings.ts'
import { en } from './texts.en.ts'
import { ru } from './texts.ru.ts'

/** The texts of the pages for signed-in users, in the language of the page. */
export const accountTexts = computed(() =>
  mergeTexts({ en, ru }[language.value], settings.texts[language.value]?.account),
)
