export type Result = { operationId: string; title: string; request: string; errors: string[]; seconds: number }

export const isFailed = ({ errors }: Result) => errors.length > 0

/** Formats the results as text. The operations are in the order of the contract. */
export function formatResults(results: Result[], operationIds: string[]): string {
  return operationIds
    .flatMap((operationId) => {
      const own = results.filter((result) => result.operationId === operationId)
      const failed = own.filter(isFailed).length
      const verdict = own.length === 0 ? 'not called' : failed > 0 ? 'DIFFERS' : 'ok'
      return [
        `${verdict.padEnd(10)} ${operationId}: ${own.length} calls${failed > 0 ? `, ${failed} differ` : ''}`,
        ...own.flatMap((result) => [
          `             ${isFailed(result) ? '✗' : '✓'} ${result.title} (${result.request})`,
          ...result.errors.map((error) => `                 ${error}`),
        ]),
      ]
    })
    .join('\n')
}

/** Formats the results as JUnit XML. Each operation is a class, and each call is a test case. */
export function formatJunit(results: Result[]): string {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0).toFixed(3)
  const counts = `tests="${results.length}" failures="${results.filter(isFailed).length}" errors="0" time="${seconds}"`
  const cases = results.map(({ operationId, title, request, errors, seconds: time }) => {
    const name = `classname="${escape(operationId)}" name="${escape(`${title} (${request})`)}"`
    const [first] = errors
    const failure =
      first === undefined ? '' : `<failure message="${escape(first)}">${escape(errors.join('\n'))}</failure>`
    return `    <testcase ${name} time="${time.toFixed(3)}">${failure}</testcase>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="Gatehouse contract" ${counts}>
${cases.join('\n')}
  </testsuite>
</testsuites>
`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }

/** Escapes text for XML 1.0. Control characters are removed, because XML 1.0 cannot represent them. */
function escape(text: string): string {
  return text
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? '')
    .replace(/[^\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
}
