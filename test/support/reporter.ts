import mocha from 'mocha'

/** Mocha's spec reporter, and a closing line that says the same in plain words. */
export default class Reporter extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.on('exit', () => {
        console.log(`${passes} passed, ${failures} failed${skipped}`)
      })
    })
  }
}
