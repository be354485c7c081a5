// "Try it out" asks the service that serves this page, wherever it runs.
const contract = await (await fetch('/openapi.json')).json()
contract.servers = [{ url: location.origin }]
window.SwaggerUIBundle({
  spec: contract,
  dom_id: '#docs',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
})
