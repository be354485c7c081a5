import { byFile, type Result } from './lastRun.ts'
import type { Requirement, Row } from './page.ts'
import { referencesIn, withoutReferences } from './references.ts'

const marks = { passed: '✓', failed: '✗', skipped: '-' }
const passedShown = 3

/** Each requirement with the results of the tests that name it, by file. */
export function rowsOf(requirements: Requirement[], results: Result[]): Row[] {
  const named = results.map((result) => ({ result, numbers: referencesIn(result.title).numbers }))
  return requirements.map((requirement) => ({
    ...requirement,
    results: named.filter(({ numbers }) => numbers.includes(requirement.number)).map(({ result }) => result),
  }))
}

/** What the report fails for, a sentence each: requirements without a test that passed, references that lead nowhere. */
export function reportFaults(rows: Row[], results: Result[]): string[] {
  const known = new Set(rows.map(({ number }) => number))
  return [
    ...rows.flatMap(({ number, text, results: those }) => {
      if (those.some(({ state }) => state === 'passed')) return []
      return [`${number}. ${those.length === 0 ? 'has no test' : 'has no test that passed'}: ${text}`]
    }),
    ...results.flatMap(({ file, title }) => {
      const { numbers, unreadable } = referencesIn(title)
      const unknown = numbers.filter((number) => !known.has(number))
      return [
        ...unknown.map((number) => `${file} names ${number}, which is no requirement: ${title}`),
        ...(unreadable ? [`${file} names requirements in another form than “(security 40, 43–48)”: ${title}`] : []),
      ]
    }),
  ]
}

/** The rows in words, and the faults (F1, F2, …) that tests name, which are not demanded. */
export function describeRows(rows: Row[], results: Result[]): string {
  const names = [...new Set(results.flatMap(({ title }) => referencesIn(title).faults))]
  const faults = names.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  const those = (name: string) => results.filter(({ title }) => referencesIn(title).faults.includes(name))
  return [
    ...rows.flatMap((row) => [`${row.number}. ${row.text}`, ...linesOf(row.results)]),
    ...faults.flatMap((name) => [name, ...linesOf(those(name))]),
  ].join('\n')
}

/** A file's failed and skipped tests, each; of those that passed the first. */
function linesOf(results: Result[]): string[] {
  return byFile(results).flatMap(([file, those]) => {
    const passed = those.filter(({ state }) => state === 'passed')
    const others = those.filter(({ state }) => state !== 'passed')
    const more = passed.length - passedShown
    return [
      ...[...others, ...passed.slice(0, passedShown)].map(
        ({ state, title }) => `   ${marks[state]} ${file}: ${withoutReferences(title)}`,
      ),
      ...(more > 0 ? [`   ✓ ${file}: and ${more} more`] : []),
    ]
  })
}
