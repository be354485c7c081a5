/** The look of the product on pages: its logo, its colours, and links to its terms of use and privacy policy. */
import type Router from '@koa/router'
import { hashedName } from '../brand/logos.ts'
import type { AppContext, AppState } from '../http/state.ts'
import { markup, type Markup } from './markup.ts'
import type { Site } from './site.ts'
import type { Language } from './texts.ts'

// A browser that opens the logo as a page runs no script in it.
const imagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

/** Serves the style sheet of all pages, and the logo and colours of the product. */
export function serveBrand(router: Router<AppState>, { brand: { colors, logos } }: Site): void {
  const files = [logos.light, logos.dark].filter((image) => image !== undefined)
  const { styleSheet } = colors
  if (styleSheet !== undefined) files.push({ name: styleSheetName(styleSheet), content: Buffer.from(styleSheet) })
  for (const { name, content } of files)
    router.get(`/account/brand/${name}`, (context: AppContext) => {
      context.set('Content-Security-Policy', imagePolicy)
      context.set('Cache-Control', 'public, max-age=31536000, immutable') // the name changes with the content
      context.type = name.slice(name.lastIndexOf('.'))
      context.body = content
    })
}

function styleSheetName(styleSheet: string): string {
  return hashedName('colors.css', styleSheet)
}

/** Links to the style sheets. */
export function styleSheets({ basePath, brand: { colors } }: Site): Markup {
  const { styleSheet } = colors
  return markup`<link rel="stylesheet" href="${basePath}/account/style.css">${
    styleSheet === undefined
      ? undefined
      : markup`\n<link rel="stylesheet" href="${basePath}/account/brand/${styleSheetName(styleSheet)}">`
  }`
}

/** Shows the logo or the name of the product, which links to the product. */
export function header(site: Site): Markup {
  const { productName, productUrl } = site
  const content = logo(site) ?? markup`${productName}`
  return markup`<header class="brand">${productUrl === undefined ? content : markup`<a href="${productUrl}">${content}</a>`}</header>`
}

function logo({ basePath, productName, brand: { logos } }: Site): Markup | undefined {
  const { light, dark } = logos
  if (!light) return undefined
  const path = (name: string) => `${basePath}/account/brand/${name}`
  const image = markup`<img src="${path(light.name)}" alt="${productName}">`
  if (!dark) return image
  return markup`<picture><source srcset="${path(dark.name)}" media="(prefers-color-scheme: dark)">${image}</picture>`
}

/** Makes the attributes of <html> from which scripts read the terms of use and the product's own texts. */
export function brandData({ termsUrl, scriptTexts }: Site): Markup {
  return markup`${termsUrl === undefined ? undefined : markup` data-terms-url="${termsUrl}"`}${
    scriptTexts === undefined ? undefined : markup` data-texts="${scriptTexts}"`
  }`
}

/**
 * Links to the terms of use and the privacy policy. The attributes have the labels in all languages, for the scripts of
 * the account, which speak the user's language.
 */
export function footer({ texts, termsUrl, privacyUrl }: Site, language: Language): Markup | undefined {
  if (termsUrl === undefined && privacyUrl === undefined) return undefined
  const link = (url: string | undefined, name: 'terms' | 'privacy') =>
    url === undefined
      ? undefined
      : markup`\n<a href="${url}" data-en="${texts.en[name]}" data-ru="${texts.ru[name]}">${texts[language][name]}</a>`
  return markup`<footer>${link(termsUrl, 'terms')}${link(privacyUrl, 'privacy')}\n</footer>\n`
}
