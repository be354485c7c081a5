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

/** The areas of the site. Each is one document, whose pages replace each other without a new document. */
export type Area = 'account' | 'console'

/** The area of this document. */
export const currentArea: Area = location.pathname.startsWith(`${settings.basePath}/console/`) ? 'console' : 'account'

/** Returns the path of a page, such as /account/sign-in/. */
export function pathOf(page: string, area: Area = 'account'): string {
  return `${settings.basePath}/${area}/${page === '' ? '' : `${page}/`}`
}
