import { randomInt } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../src/problems.ts'
import { findEmbedded, type Installation } from './faults/cluster.ts'
import { Lab } from './faults/lab.ts'
import { Random } from './faults/random.ts'
import type { Scenario } from './faults/scenario.ts'
import { scenarios } from './faults/scenarios.ts'
import { formatFailures, formatTable, type Result } from './faults/table.ts'
import { createTemplate, type Template } from './faults/template.ts'
import { runTool } from './tool.ts'

const help = `npm run test:faults [-- --only F9,… --seed NUMBER --long --keep]

Runs each fault against real processes: the service, PostgreSQL and a mail server. Clients record every reply. After
the fault, every acknowledged effect must be in the database or have arrived as a mail, nothing may half-exist, and no
reply may be a 500. A skipped fault needs a program that is not installed here.
  --only ID,…    runs only these faults; can be repeated
  --seed NUMBER  repeats the random choices of a run
  --long         runs longer: 200 kills instead of 20, 10,000 clients instead of 1,000,
                 30 minutes of load instead of one
  --keep         keeps the folder with the logs and databases

${scenarios.map(({ id, title }) => `  ${id.padEnd(10)} ${title}`).join('\n')}

Exit code: 0 if nothing was lost and nothing unexpected happened, otherwise 1.`

const options = {
  only: { type: 'string', multiple: true },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  long: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
} as const

/** The number of scenarios that run at the same time. Most of them wait most of the time. */
const parallel = 3

type Run = { folder: string; installation: Installation; template: Template; seed: number; isLong: boolean }

await runTool(help, options, async ({ only, seed: text, long: isLong, keep }) => {
  const seed = Number(text)
  if (!Number.isSafeInteger(seed)) throw new StartError('--seed must be a whole number.')
  const chosen = choose(only)
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-faults-'))
  await chmod(folder, 0o755)
  console.log(`Seed ${seed}${keep ? `, folder ${folder}` : ''}`)
  try {
    const installation = await findEmbedded(folder)
    const template = await createTemplate(folder, installation)
    const results = await runAll(chosen, { folder, installation, template, seed, isLong })
    console.log(`\n${formatTable(results)}\n`)
    const failures = formatFailures(results, seed)
    if (failures.length > 0) process.exitCode = 1
    for (const line of failures) console.log(line)
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
})

/** @throws StartError if there is no scenario with one of the ids */
function choose(only: string[] | undefined): Scenario[] {
  if (!only) return scenarios
  return only
    .flatMap((ids) => ids.split(','))
    .map((id) => {
      const scenario = scenarios.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase())
      if (!scenario) throw new StartError(`There is no fault ${id}: see --help.`)
      return scenario
    })
}

/**
 * Runs the scenarios, several at the same time, and then those that run alone.
 * @returns the results in the order of the scenarios
 */
async function runAll(chosen: Scenario[], run: Run): Promise<Result[]> {
  const results = new Map<Scenario, Result>()
  const runSome = async (some: Scenario[], atOnce: number) => {
    const waiting = some.values()
    const work = async () => {
      for (const scenario of waiting) results.set(scenario, await runOne(scenario, run))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
  await runSome(
    chosen.filter(({ isAlone }) => !isAlone),
    parallel,
  )
  await runSome(
    chosen.filter(({ isAlone }) => isAlone),
    1,
  )
  return chosen.flatMap((scenario) => results.get(scenario) ?? [])
}

async function runOne(scenario: Scenario, { seed, ...run }: Run): Promise<Result> {
  const { id, title } = scenario
  const say = (what: string) => {
    console.log(`${new Date().toISOString().slice(11, 19)} ${id}: ${what}`)
  }
  const skipped = await scenario.missing?.()
  if (skipped !== undefined) {
    say(`SKIPPED, ${skipped}`)
    return { id, title, seconds: 0, skipped }
  }
  const began = performance.now()
  say(title)
  // Each scenario has its own random numbers, so that --only repeats it.
  const lab = await Lab.prepare({ ...run, random: new Random(seed ^ Buffer.from(id).readUInt16BE()), say })
  try {
    await scenario.run(lab)
  } catch (error) {
    lab.recorder.violate(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const { recorder } = lab
  for (const line of recorder.failed ? lab.errorsInLog() : []) recorder.violate(line)
  await lab.stop()
  say(recorder.failed ? 'FAILED' : 'passed')
  return { id, title, seconds: (performance.now() - began) / 1000, recorder }
}
