import type { Result } from './compareSystems.ts'

/** Makes docs/django-parity.md. @param steps what a front end has seen, equally in both systems */
export function makePage(results: Result[], steps: string[]): string {
  const rows = results.map(
    ({ name, request, django, gatehouse, difference }) =>
      `| ${name} | \`${request}\` | ${django} | ${gatehouse} | ${difference ?? 'equal'} |\n`,
  )
  const equal = results.filter(({ result }) => result === 'equal').length
  return `# Replies of Django and of Gatehouse

<!-- Made by npm run django:parity -- --write. -->

\`npm run django:parity\` sends the requests below, in this order, to a project with Django REST Framework, simplejwt
and django-filter (\`test/django/project\`) and to Gatehouse. ${equal} of ${results.length} replies are equal for a
client: they have the same status, the same \`WWW-Authenticate\`, and every member that the reply of Django has. Ids,
tokens and times are compared by their form. Texts for people may have other words, except those that clients compare. Django
names invalid fields by members of the body, and Gatehouse in \`errors\`; the names are equal. Errors of Gatehouse have the
content type \`application/problem+json\`.

A front end of Django REST Framework that refreshes after a 401 with \`token_not_valid\` and follows \`next\` sees the same
from both systems:

${steps.map((step) => `- ${step}\n`).join('')}
| case | request | Django | Gatehouse | difference |
| --- | --- | --: | --: | --- |
${rows.join('')}`
}
