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
<link rel="stylesheet" href="style.css">
<script src="swagger-ui-bundle.js" defer></script>
<script src="start.js" type="module"></script>
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; the contract itself is at <a href="../openapi.yaml">/openapi.yaml</a>.</noscript>
</body>
</html>
`

// Swagger UI is an optional package, because it would take a sixth of the disk space of a production installation.
const notInstalled = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Gatehouse API</title>
</head>
<body>
<p>Swagger UI is not installed here. <code>npm ci</code> without <code>--omit=optional</code> installs it.
The contract is at <a href="../openapi.yaml">/openapi.yaml</a>.</p>
</body>
</html>
`

/**
 * Serves the contract as a page of Swagger UI with a strict Content-Security-Policy, and as OpenAPI 3.0.3 for tools
 * that cannot read OpenAPI 3.1 or follow all references.
 */
export function serveDocs(router: Router<AppState>, basePath: string): void {
  const distribution = findSwaggerUi()
  router.get('/docs', (context) => {
    context.redirect(`${basePath}/docs/`)
  })
  router.get('/docs/', (context) => {
    context.set('Content-Security-Policy', policy)
    context.type = 'html'
    context.status = distribution === undefined ? 404 : 200
    context.body = distribution === undefined ? notInstalled : html
  })
  for (const name of distribution === undefined ? [] : ['swagger-ui.css', 'swagger-ui-bundle.js'])
    router.get(`/docs/${name}`, serveFile(new URL(name, distribution)))
  for (const name of ['openapi-3.0.json', 'openapi-clients.json']) {
    router.get(`/docs/${name}`, serveFile(new URL(`../../generated/${name}`, import.meta.url)))
  }
  router.get('/docs/start.js', serveFile(new URL('./assets/docs.js', import.meta.url)))
  router.get('/docs/style.css', serveFile(new URL('./assets/docs.css', import.meta.url)))
}

/** Returns the URL of a file of Swagger UI, or undefined if the package is not installed. */
function findSwaggerUi(): string | undefined {
  try {
    return import.meta.resolve('swagger-ui-dist/package.json')
  } catch {
    return undefined
  }
}
