import { fileURLToPath, pathToFileURL } from 'node:url'
import { dirname, join } from 'node:path'
import type Router from '@koa/router'
import type { AppState } from '../http/state.ts'
import { serveFile } from './files.ts'

// Swagger UI draws its icons from data: URLs. The service serves all other resources of the page.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="swagger-ui.css">
<script src="swagger-ui-bundle.js" defer></script>
<script src="start.js" type="module"></script>
</head>
<body>
<main id="docs"></main>
<noscript>This page needs JavaScript; the contract itself is at <a href="../openapi.yaml">/openapi.yaml</a>.</noscript>
</body>
</html>
`

/**
 * Serves the contract as a page of Swagger UI with a strict Content-Security-Policy, and as OpenAPI 3.0.3 for tools
 * that cannot read OpenAPI 3.1.
 */
export function serveDocs(router: Router<AppState>, basePath: string): void {
  const distribution = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
  router.get('/docs', (context) => {
    context.redirect(`${basePath}/docs/`)
  })
  router.get('/docs/', (context) => {
    context.set('Content-Security-Policy', policy)
    context.type = 'html'
    context.body = html
  })
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    router.get(`/docs/${name}`, serveFile(pathToFileURL(join(distribution, name))))
  }
  router.get('/docs/openapi-3.0.json', serveFile(new URL('../../generated/openapi-3.0.json', import.meta.url)))
  router.get('/docs/start.js', serveFile(new URL('./assets/docs.js', import.meta.url)))
}
