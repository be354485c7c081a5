import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { records } from '../coverage/lastRun.ts'

const root = join(import.meta.dirname, '../..')
const record = join(records, 'tests.json')

export type Result = { file: string; title: string; state: 'passed' | 'failed' | 'skipped' }
type Run = { began: string; results: Result[] }

/** Keeps what a whole run's tests came to; files are paths from the root. */
export function keepResults(began: Date, results: Result[]): void {
  mkdirSync(dirname(record), { recursive: true })
  writeFileSync(record, `${JSON.stringify({ began: began.toISOString(), results } satisfies Run, null, 1)}\n`)
}

/** @returns the results of the last whole run, or a sentence that says why there are none that count */
export function lastResults(): Result[] | string {
  let run: Run
  try {
    run = JSON.parse(readFileSync(record, 'utf8')) as Run
  } catch {
    return 'No whole run of the tests has left its results yet: npm test makes them.'
  }
  const sources = globSync(['{src,sql,test}/**/*.{ts,sql,txt,js,css}', 'openapi.yaml'], { cwd: root })
  const newer = sources.find((file) => statSync(join(root, file)).mtimeMs > Date.parse(run.began))
  return newer === undefined
    ? run.results
    : `The results of the last whole run are older than ${newer}: npm test makes new ones.`
}

/** Grouped by file, files in alphabetical order. */
export function byFile(results: Result[]): [file: string, results: Result[]][] {
  return [...Map.groupBy(results, ({ file }) => file)].sort(([a], [b]) => (a < b ? -1 : 1))
}
