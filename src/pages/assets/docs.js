// "Try it out" sends its requests to the service that serves this page.
const root = new URL('..', location.href)
const contract = await (await fetch(new URL('openapi.json', root))).json()
contract.servers = [{ url: root.href.replace(/\/$/, '') }]
const { description } = contract.info
delete contract.info.description

const dark = matchMedia('(prefers-color-scheme: dark)')
const followColorScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', followColorScheme)
followColorScheme()

const ownPage = ({ getComponent, React: { createElement } }) => ({
  wrapComponents: {
    // The long description is collapsed, so that the page begins with the operations.
    InfoContainer: (Info) => (props) => {
      const summary = createElement('summary', null, createElement('h2', null, 'Getting started and conventions'))
      const text = createElement(getComponent('Markdown', true), { source: description })
      const details = createElement('details', { className: 'info' }, summary, text)
      return createElement('header', { role: 'banner' }, createElement(Info, props), details)
    },
    // There is only one server, this one. Its list has no label that assistive technology could read.
    ServersContainer: () => () => null,
    // Swagger UI puts this link into a button, which assistive technology cannot use. The button does the same.
    DeepLink:
      () =>
      ({ text }) =>
        createElement('span', null, text),
  },
})

// Elements of Swagger UI to which it gives no name that assistive technology could read.
const names = {
  '.body-param__text': 'Request body',
  '.examples-select-element': 'Example',
  '.parameters select': 'Value',
  '.responses-table': 'Responses',
}
const docs = document.getElementById('docs')
new MutationObserver(() => {
  for (const [selector, name] of Object.entries(names))
    for (const element of docs.querySelectorAll(`${selector}:not([aria-label])`)) {
      const id = element.closest('.opblock')?.querySelector('.opblock-summary-operation-id').textContent
      element.setAttribute('aria-label', `${name} of ${id}`)
    }
}).observe(docs, { childList: true, subtree: true })

window.SwaggerUIBundle({
  spec: contract,
  dom_id: '#docs',
  plugins: [ownPage],
  deepLinking: true,
  displayOperationId: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  persistAuthorization: false,
})
