import { parseArgs } from 'node:util'
import { describe, judge, lastRun } from './coverage/lastRun.ts'

const help = `npm run coverage

Shows what the last whole run of npm test saw of openapi.yaml: operations by statuses, error codes, request examples,
parameters and values of enums. Fails, and names it, where something documented was not seen or something seen is not documented.`

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else show()

function show(): void {
  const seen = lastRun()
  if (!seen) {
    console.error('No run has left a record yet: npm test makes one.')
    process.exitCode = 1
    return
  }
  const judgement = judge(seen)
  console.log(describe(judgement))
  if (judgement.faults.length > 0) process.exitCode = 1
}
