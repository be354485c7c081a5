// "Try it out" sends its requests to the service that serves this page.
const root = new URL('..', location.href)
const contract = await (await fetch(new URL('openapi.json', root))).json()
contract.servers = [{ url: root.href.replace(/\/$/, '') }]
window.SwaggerUIBundle({
  spec: contract,
  dom_id: '#docs',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
})
