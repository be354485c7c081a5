import { readFileSync } from 'node:fs'
import type Router from '@koa/router'
import type { AppContext, AppState } from '../http/state.ts'
import { brandData, footer, header, styleSheets } from './brand.ts'
import { serveFile } from './files.ts'
import { markup } from './markup.ts'
import type { Site } from './site.ts'
import { languageOf } from './texts.ts'

// The pages load and call nothing but this service.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The script of each bundle, and the scripts that it imports. */
type Manifest = Record<'entry' | 'account', { script: string; shared: readonly string[] }>

const folder = new URL('../../generated/pages/', import.meta.url)
const entryPages = ['sign-in', 'register', 'forgot-password', 'resend-activation']
const accountPages = ['', 'password', 'email', 'sessions', 'history', 'events', 'data']

/** Serves the pages that run in browsers (src/browser), and their scripts. */
export function serveAccount(router: Router<AppState>, site: Site): void {
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest
  const scripts = new Set(Object.values(manifest).flatMap(({ script, shared }) => [script, ...shared]))
  // The name of a script changes with its content.
  for (const name of scripts)
    router.get(`/account/scripts/${name}`, serveFile(new URL(name, folder), 'public, max-age=31536000, immutable'))
  const serve = (pages: readonly string[], bundle: Manifest[keyof Manifest]) => {
    for (const page of pages)
      router.get(page === '' ? '/account/' : `/account/${page}/`, (context: AppContext) => {
        answerShell(context, site, bundle)
      })
  }
  serve(entryPages, manifest.entry)
  serve(accountPages, manifest.account)
}

/** Answers with an empty page, which its script fills. */
function answerShell(context: AppContext, site: Site, { script, shared }: Manifest[keyof Manifest]): void {
  const language = languageOf(context)
  const { basePath, productName, productUrl, texts } = site
  const path = (name: string) => `${basePath}/account/scripts/${name}`
  const preloads = shared.map((name) => markup`<link rel="modulepreload" href="${path(name)}">\n`)
  context.set('Content-Security-Policy', policy)
  context.vary('Accept-Language')
  context.type = 'html'
  const page = markup`<!doctype html>
<html lang="${language}" data-base-path="${basePath}" data-product-name="${productName}" data-product-url="${productUrl ?? ''}" data-return-origins="${site.returnOrigins.join(' ')}" data-password-min-length="${String(site.passwordMinLength)}"${brandData(site)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${productName}</title>
<link rel="icon" href="data:,">
${styleSheets(site)}
${preloads.reduce((whole, link) => markup`${whole}${link}`, markup``)}<script type="module" src="${path(script)}"></script>
</head>
<body>
${header(site)}
<main>
<noscript>${texts[language].needsJavaScript}</noscript>
</main>
${footer(site, language)}</body>
</html>
`
  context.body = String(page)
}
