import { readFileSync } from 'node:fs'
import type Router from '@koa/router'
import type { AppContext, AppState } from '../http/state.ts'
import { brandData, footer, header, styleSheets } from './brand.ts'
import { serveFile } from './files.ts'
import { markup, Markup } from './markup.ts'
import type { Site } from './site.ts'
import { languageOf } from './texts.ts'

// The pages load and call nothing but this service.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The script of a bundle, the scripts that it imports at once or later, and its style sheet. */
type Bundle = { script: string; shared: readonly string[]; later: readonly string[]; style?: string }
type Manifest = Record<'entry' | 'account' | 'console', Bundle>

const folder = new URL('../../generated/pages/', import.meta.url)

/** Reads which files each bundle consists of. */
export function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest
}

/** Serves the files of all bundles. */
export function serveBundles(router: Router<AppState>, manifest: Manifest): void {
  const files = Object.values(manifest).flatMap(({ script, shared, later, style }) =>
    [script, shared, later, style ?? []].flat(),
  )
  // The name of a file changes with its content.
  for (const name of new Set(files))
    router.get(`/account/scripts/${name}`, serveFile(new URL(name, folder), 'public, max-age=31536000, immutable'))
}

/** Serves an empty page at a path. The script of the bundle fills the page. */
export function serveShell(router: Router<AppState>, path: string, site: Site, bundle: Bundle): void {
  router.get(path, (context) => {
    answerShell(context, site, bundle)
  })
}

function answerShell(context: AppContext, site: Site, { script, shared, style }: Bundle): void {
  const language = languageOf(context)
  const { basePath, productName, productUrl, texts } = site
  const path = (name: string) => `${basePath}/account/scripts/${name}`
  const preloads = shared.map((name) => markup`<link rel="modulepreload" href="${path(name)}">\n`)
  const ownStyle = style === undefined ? undefined : markup`<link rel="stylesheet" href="${path(style)}">\n`
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
${ownStyle}${preloads.reduce((whole, link) => markup`${whole}${link}`, new Markup(''))}<script type="module" src="${path(script)}"></script>
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
