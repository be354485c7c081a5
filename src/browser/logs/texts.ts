import { localize } from '../localize.ts'
import { en } from './texts.en.ts'
import { ru } from './texts.ru.ts'

/** The texts of sign-ins, sessions and security events, in the language of the page. */
export const logTexts = localize('logs', { en, ru })
