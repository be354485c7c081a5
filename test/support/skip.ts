/** Skips a test, and prints why. */
export function skip(test: Mocha.Context, reason: string): never {
  console.log(`skipped: ${test.runnable().title}: ${reason}`)
  return test.skip()
}
