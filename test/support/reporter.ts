import { relative } from 'node:path'
import mocha from 'mocha'
import { compareWithContract } from '../../scripts/coverage/comparison.ts'
import { collectFacts, saveFacts } from '../../scripts/coverage/records.ts'
import { saveResults, type TestResult } from '../../scripts/securityReport/testResults.ts'
import { judgeLogs } from './canaries.ts'

/** Extends Mocha's spec reporter by the coverage of the contract, the secrets in logs and a summary in one line. */
export default class Reporter extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options)
    const began = new Date()
    const results = resultsOf(runner)
    runner.once('end', () => {
      // A run with --grep says nothing about the coverage of the contract, and little about secrets in logs.
      const folder = options.grep === undefined ? process.env['COVERAGE_DIR'] : undefined
      if (folder !== undefined && !isCovered(folder)) runner.failures++
      const name = isPartial(options) ? undefined : process.env['RESULTS']
      if (name !== undefined) saveResults(name, began, results)
      if (folder !== undefined && !isSilent(folder)) runner.failures++
      const { passes, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.on('exit', () => {
        console.log(`${passes} passed, ${runner.failures} failed${skipped}`)
      })
    })
  }
}

function isCovered(folder: string): boolean {
  const seen = collectFacts(folder)
  saveFacts(seen)
  const { report, differences } = compareWithContract(seen)
  console.log(report)
  return differences.length === 0
}

/** `--grep` excludes tests, `--ignore` excludes files, and `--dry-run` runs no test. */
function isPartial(options: mocha.MochaOptions & { ignore?: string[] }): boolean {
  return options.grep !== undefined || options.dryRun === true || (options.ignore ?? []).length > 0
}

/** Collects the result of each test when it ends. */
function resultsOf(runner: mocha.Runner): TestResult[] {
  const results: TestResult[] = []
  const states = { pass: 'passed', fail: 'failed', pending: 'skipped' } as const
  for (const [event, state] of Object.entries(states))
    runner.on(event as keyof typeof states, (test: mocha.Test) => {
      results.push({ file: relative('', test.file ?? ''), title: test.titlePath().join(' › '), state })
    })
  return results
}

/** Checks that no log of the run contains a secret (security 80). */
function isSilent(folder: string): boolean {
  const { verdict, leaks } = judgeLogs(folder)
  console.log([verdict, ...leaks.map((line) => `  ${line}`), ''].join('\n'))
  return leaks.length === 0
}
