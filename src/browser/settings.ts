import type { SomeOf } from '../brand/mergeTexts.ts'
import type { AccountTexts } from './account/texts.en.ts'
import type { Texts } from './texts/en.ts'

/** The settings of the pages, which the server writes into the attributes of <html>. */
const { dataset, lang } = document.documentElement

export type Language = 'en' | 'ru'

type OwnTexts = { entry?: SomeOf<Texts>; account?: SomeOf<AccountTexts> }

const language: Language = lang === 'ru' ? 'ru' : 'en'

export const settings = {
  /** The path of the base URL, without a slash at the end. */
  basePath: dataset['basePath'] ?? '',
  productName: dataset['productName'] ?? '',
  productUrl: dataset['productUrl'] || undefined,
  termsUrl: dataset['termsUrl'] || undefined,
  /** The texts of the product, which replace those of the same names. */
  texts: JSON.parse(dataset['texts'] ?? '{}') as Partial<Record<Language, OwnTexts>>,
  /** The origins to which a user may return after a sign-in. */
  returnOrigins: (dataset['returnOrigins'] ?? '').split(' ').filter(Boolean),
  passwordMinLength: Number(dataset['passwordMinLength'] ?? 8),
  /** The language that the browser prefers. */
  language,
}

/** Returns the path of a page, such as /account/sign-in/. */
export function pathOf(page: string): string {
  return `${settings.basePath}/account/${page === '' ? '' : `${page}/`}`
}
