import { localize } from '../localize.ts'
import { en } from './texts.en.ts'
import { ru } from './texts.ru.ts'

/** The texts of the pages for signed-in users, in the language of the page. */
export const accountTexts = localize('account', { en, ru })
