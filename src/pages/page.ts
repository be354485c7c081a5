import type { AppContext } from '../http/state.ts'
import { footer, header, styleSheets } from './brand.ts'
import { markup, type Markup } from './markup.ts'
import type { Site } from './site.ts'
import { fill, type Language } from './texts.ts'

// A form without JavaScript needs only style sheets, a logo and the permission to be sent to this origin.
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** What a page shows, from top to bottom. */
export type Content = {
  title: string
  /** Whether the page reports an error, which its title in the browser then begins with. */
  isError?: boolean
  /** An error of the whole page. */
  alert?: string | undefined
  text?: string
  more?: Markup | undefined
  /** Whether the page has a form that is refused without its origin. */
  sendsOrigin?: boolean
  /** Links to the next steps. */
  next?: Markup
}

export function answerPage(context: AppContext, site: Site, language: Language, content: Content): void {
  const { title, isError = false, alert, text, more, sendsOrigin = false, next } = content
  context.set('Content-Security-Policy', policy)
  // With no-referrer, the Origin of a form is `null`. This policy sends the origin alone, also within the site, so that
  // the code in the URL of the page never leaves it.
  if (sendsOrigin) context.set('Referrer-Policy', 'strict-origin')
  context.vary('Accept-Language')
  context.type = 'html'
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${isError ? fill(site.texts[language].error, { title }) : title} · ${site.productName}</title>
<link rel="icon" href="data:,">
${styleSheets(site)}
</head>
<body>
${header(site)}
<main>
<h1>${title}</h1>
${alert === undefined ? undefined : markup`<p role="alert">${alert}</p>`}
${text === undefined ? undefined : markup`<p>${text}</p>`}
${more}
${next === undefined ? undefined : markup`<div class="actions">${next}</div>`}
</main>
${footer(site, language)}</body>
</html>
`
  context.body = String(page)
}

type Step = { href: string; label: string }

/** The link is secondary if the page's form, or an email, is the next step. */
type Emphasis = 'primary' | 'secondary'

/** Makes links to the next steps. The first one is shown as a button. */
function nextSteps(emphasis: Emphasis, steps: readonly (Step | undefined)[]): Markup {
  const style = emphasis === 'primary' ? 'button' : 'button secondary'
  return steps
    .filter((step) => step !== undefined)
    .map(({ href, label }, index) =>
      index === 0 ? markup`<a class="${style}" href="${href}">${label}</a>` : markup`<a href="${href}">${label}</a>`,
    )
    .reduce((whole, link) => markup`${whole}${link}`, markup``)
}

/** Makes links to the product, if its URL is known, and to the sign-in page. */
export function toProduct(site: Site, language: Language, emphasis: Emphasis = 'primary'): Markup {
  return nextSteps(emphasis, [productStep(site, language), signInStep(site, language)])
}

/** Makes links to the sign-in page, and to the product if its URL is known. */
export function toSignIn(site: Site, language: Language, emphasis: Emphasis = 'primary'): Markup {
  return nextSteps(emphasis, [signInStep(site, language), productStep(site, language)])
}

/** Makes links to the product or the sign-in page, and to the page that requests a recovery mail. */
export function toProductOrRecovery(site: Site, language: Language): Markup {
  const recoverStep = { href: `${site.basePath}/account/forgot-password/`, label: site.texts[language].recover }
  return nextSteps('primary', [productStep(site, language), signInStep(site, language), recoverStep])
}

function signInStep({ basePath, texts }: Site, language: Language): Step {
  return { href: `${basePath}/account/sign-in/`, label: texts[language].signIn }
}

function productStep({ productName, productUrl, texts }: Site, language: Language): Step | undefined {
  if (productUrl === undefined) return undefined
  return { href: productUrl, label: fill(texts[language].continue, { product: productName }) }
}
