import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRequirements } from './securityReport/requirements.ts'
import {
  assignTests,
  findErrors,
  formatReport,
  formatTestsPage,
  isGuarded,
  testsPage,
} from './securityReport/requirementTests.ts'
import { loadResults } from './securityReport/testResults.ts'
import { runTool } from './tool.ts'

const help = `npm run security:report [-- --write]

Shows for each requirement of docs/security.md which tests guard it, with their results in the last whole runs of
npm test and npm run test:slow: ✓ passed, ✗ failed, - skipped. A test names its requirements in its title or in the title of an enclosing
describe: "(security 40, 43–48)". The report fails if a requirement has no test that passed, if a title names a number
that is not a requirement, or if ${testsPage} is out of date.
  --write  writes ${testsPage}`

await runTool(help, { write: { type: 'boolean' } }, async ({ write }) => {
  const root = join(import.meta.dirname, '..')
  const results = loadResults()
  const requirements = assignTests(readRequirements(await readFile(join(root, 'docs/security.md'), 'utf8')), results)
  const errors = findErrors(requirements, results)
  const page = await formatTestsPage(requirements)
  if (write) await writeFile(join(root, testsPage), page)
  else if ((await readFile(join(root, testsPage), 'utf8').catch(() => '')) !== page)
    errors.push(`${testsPage} is out of date: run npm run security:report -- --write.`)
  console.log(formatReport(requirements))
  console.log(
    `\n${requirements.filter(isGuarded).length} of ${requirements.length} requirements have a test that passed.`,
  )
  for (const error of errors) console.error(error)
  if (errors.length > 0) process.exitCode = 1
})
