import type { Result } from './probe.ts'

/** What was called and what differed, by operation in the order of the contract. */
export function describe(results: Result[], operationIds: string[], summary: string): string {
  const lines = operationIds.flatMap((operationId) => {
    const own = results.filter((result) => result.operationId === operationId)
    const failed = own.filter(({ faults }) => faults.length > 0)
    const verdict = own.length === 0 ? 'not called' : failed.length > 0 ? 'DIFFERS' : 'ok'
    return [
      `${verdict.padEnd(10)} ${operationId}: ${own.length} calls${failed.length > 0 ? `, ${failed.length} differ` : ''}`,
      ...own.flatMap(({ what, request, faults }) =>
        faults.length > 0
          ? [`             ✗ ${what} (${request})`, ...faults.map((fault) => `                 ${fault}`)]
          : [`             ✓ ${what} (${request})`],
      ),
    ]
  })
  return [...lines, '', summary].join('\n')
}

/** JUnit XML: an operation is a class, a call a case. */
export function asJunit(results: Result[]): string {
  const failed = results.filter(({ faults }) => faults.length > 0).length
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0).toFixed(3)
  const cases = results.map((result) => {
    const name = `name="${escaped(`${result.what} (${result.request})`)}"`
    const start = `    <testcase classname="${escaped(result.operationId)}" ${name} time="${result.seconds.toFixed(3)}"`
    if (result.faults.length === 0) return `${start}/>`
    const [first = ''] = result.faults
    const failure = `<failure message="${escaped(first)}">${escaped(result.faults.join('\n'))}</failure>`
    return `${start}>\n      ${failure}\n    </testcase>`
  })
  const counts = `tests="${results.length}" failures="${failed}" errors="0" time="${seconds}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="Gatehouse contract" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }

/** For XML 1.0, which cannot say control characters at all. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? '')
    .replace(/[^\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
}
