import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StartError } from '../../src/problems.ts'
import { recordsFolder } from '../coverage/records.ts'

const root = join(import.meta.dirname, '../..')
const commands = { tests: 'npm test', 'slow-tests': 'npm run test:slow' }

export type TestResult = { file: string; title: string; state: 'passed' | 'failed' | 'skipped' }
type Run = { began: string; results: TestResult[] }

/**
 * Saves the results of a complete test run. The file of each result is a path relative to the root of the repository.
 * @param name `tests` or `slow-tests`, from the environment variable RESULTS
 */
export function saveResults(name: string, began: Date, results: TestResult[]): void {
  const file = resultsFile(name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ began: began.toISOString(), results } satisfies Run, null, 1)}\n`)
}

/**
 * Loads the results of the last complete runs of npm test and npm run test:slow.
 * @throws StartError if there are no results of one of them, or if a source file is newer than the results
 */
export function loadResults(): TestResult[] {
  return Object.entries(commands).flatMap(([name, command]) => loadRun(name, command))
}

function loadRun(name: string, command: string): TestResult[] {
  let run: Run
  try {
    run = JSON.parse(readFileSync(resultsFile(name), 'utf8')) as Run
  } catch {
    throw new StartError(`There are no results of a whole run of the tests yet: run ${command}.`)
  }
  const sources = globSync(['{src,sql,test}/**/*.{ts,sql,txt,js,css}', 'openapi.yaml'], { cwd: root })
  const newer = sources.find((file) => statSync(join(root, file)).mtimeMs > Date.parse(run.began))
  if (newer === undefined) return run.results
  throw new StartError(`The results of the last whole run of the tests are older than ${newer}: run ${command}.`)
}

const resultsFile = (name: string) => join(recordsFolder, `${name}.json`)

/** Groups results by file, in the alphabetical order of the files. */
export function groupByFile(results: TestResult[]): [file: string, results: TestResult[]][] {
  return [...Map.groupBy(results, ({ file }) => file)].sort(([a], [b]) => (a < b ? -1 : 1))
}
