import mocha from 'mocha'
import { collect, describe, judge, keep } from '../../scripts/coverage/lastRun.ts'

/** Mocha's spec reporter, the coverage of the contract after a whole run, and a closing line that says the same in plain words. */
export default class Reporter extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options)
    runner.once('end', () => {
      // A run of some tests only says nothing about the contract.
      const folder = options.grep === undefined ? process.env['COVERAGE_DIR'] : undefined
      if (folder !== undefined && !isCovered(folder)) runner.failures++
      const { passes, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.on('exit', () => {
        console.log(`${passes} passed, ${runner.failures} failed${skipped}`)
      })
    })
  }
}

function isCovered(folder: string): boolean {
  const seen = collect(folder)
  keep(seen)
  const judgement = judge(seen)
  console.log(describe(judgement))
  return judgement.faults.length === 0
}
