/** The settings of the pages, which the server writes into the attributes of <html>. */
const { dataset, lang } = document.documentElement

export type Language = 'en' | 'ru'

const language: Language = lang === 'ru' ? 'ru' : 'en'

export const settings = {
  /** The path of the base URL, without a slash at the end. */
  basePath: dataset['basePath'] ?? '',
  productName: dataset['productName'] ?? '',
  productUrl: dataset['productUrl'] || undefined,
  termsUrl: dataset['termsUrl'],
  /** The product's own texts by language and group. */
  texts: JSON.parse(dataset['texts'] ?? '{}') as Partial<Record<Language, Record<string, unknown>>>,
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
