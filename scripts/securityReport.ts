import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lastResults, type Result } from './securityReport/lastRun.ts'
import { page, readRequirements, withTests } from './securityReport/page.ts'
import { describeRows, reportFaults, rowsOf } from './securityReport/report.ts'

const help = `npm run security:report [-- --write]

Shows which tests of the last whole run of npm test guard each requirement of docs/security.md, and what they came to:
✓ passed, ✗ failed, - skipped. Tests name requirements in their titles, or in those around them: "(security 40, 43–48)".
Fails, and names it, where a requirement has no test that passed, where a title names what is no requirement, and where
docs/security.md lists other tests.
  --write  writes the lists of docs/security.md`

const { values } = parseArgs({ options: { write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else await report(values.write ?? false)

async function report(write: boolean): Promise<void> {
  const results = lastResults()
  const faults = typeof results === 'string' ? [results] : await judge(results, write)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}

async function judge(results: Result[], write: boolean): Promise<string[]> {
  const file = join(import.meta.dirname, '..', page)
  const text = await readFile(file, 'utf8')
  const rows = rowsOf(readRequirements(text), results)
  const faults = reportFaults(rows, results)
  const renewed = await withTests(text, rows)
  if (write) await writeFile(file, renewed)
  else if (renewed !== text) faults.push(`${page} lists other tests: npm run security:report -- --write`)
  const guarded = rows.filter((row) => row.results.some(({ state }) => state === 'passed')).length
  console.log(`${describeRows(rows, results)}\n\n${guarded} of ${rows.length} requirements have a test that passed.`)
  return faults
}
