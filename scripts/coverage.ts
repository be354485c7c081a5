import { StartError } from '../src/problems.ts'
import { compareWithContract } from './coverage/comparison.ts'
import { loadFacts } from './coverage/records.ts'
import { runTool } from './tool.ts'

const help = `npm run coverage

Shows which parts of openapi.yaml the last whole run of npm test covered: the statuses of each operation, error codes,
request examples, parameters, enum values, optional members of replies (present and absent), and limits of requests
(just met and just failed). It fails if the tests did not see something that is documented, or saw something that is
not, and names each difference.`

await runTool(help, {}, () => {
  const seen = loadFacts()
  if (!seen) throw new StartError('There is no record of a whole run yet: run npm test.')
  const { report, differences } = compareWithContract(seen)
  console.log(report)
  if (differences.length > 0) process.exitCode = 1
})
