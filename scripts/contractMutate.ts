import { checkMutations, readMutations, Workspace, type Mutation } from './contractMutate/workspace.ts'
import { releaseContract, runChecks, runContractTest, runTests } from './contractMutate/checks.ts'
import { formatOutcome, formatScore, isMissed, type Outcome } from './contractMutate/report.ts'
import { createTemplate, parallelism, type Template } from './contractMutate/template.ts'
import { StartError } from '../src/problems.ts'
import { runTool } from './tool.ts'

const help = `npm run contract:mutate [-- --only ID,… --with-tests ID,…]

Makes deliberate mistakes in a copy of the service and of openapi.yaml, one at a time, and reports which check notices
which mistake. The checks are contract:test without and with --write, and contract:diff for mistakes in openapi.yaml.
The mistakes are in scripts/contractMutate/server.yaml and contract.yaml.
  --only ID,…        makes only these mistakes
  --with-tests ID,…  for these mistakes also runs the tests of npm test that cover the changed code; all: for each one

Exit code: 0 if every mistake was noticed, except those for which the file gives a reason; otherwise 1.`

const options = { only: { type: 'string' }, 'with-tests': { type: 'string', default: '' } } as const

await runTool(help, options, async ({ only, 'with-tests': withTests }) => {
  const all = await readMutations()
  await checkMutations(all)
  const mutations = only === undefined ? all : choose(all, only)
  const tested = withTests === 'all' ? mutations : choose(mutations, withTests)
  const began = performance.now()
  const template = await createTemplate()
  try {
    await requireHealth(template, [...new Set(tested.flatMap(({ tests = [] }) => tests))])
    const outcomes = await runAll(mutations, template, (mutation) => tested.includes(mutation))
    console.log(`\n${formatScore(outcomes)}\n${((performance.now() - began) / 1000).toFixed(0)} s`)
    if (outcomes.some(isMissed)) process.exitCode = 1
  } finally {
    await template.stop()
  }
})

/** @throws StartError if there is no mutation with one of the ids */
function choose(mutations: Mutation[], ids: string): Mutation[] {
  return ids
    .split(',')
    .filter(Boolean)
    .map((id) => {
      const mutation = mutations.find((candidate) => candidate.id === id)
      if (!mutation) throw new StartError(`There is no mutation ${id}: see scripts/contractMutate/*.yaml.`)
      return mutation
    })
}

/** Requires that the checks pass in an unchanged copy. Otherwise every mistake would count as noticed. */
async function requireHealth(template: Template, tests: string[]): Promise<void> {
  const workspace = await Workspace.create()
  try {
    const verdicts = await runContractTest(workspace, template)
    if (tests.length > 0) verdicts.push({ check: 'npm test', complaint: await runTests(workspace, tests) })
    for (const { check, complaint } of verdicts)
      if (complaint !== undefined) throw new StartError(`${check} fails without a mistake: ${complaint}`)
  } finally {
    await workspace.remove()
  }
}

/** Runs the checks of all mutations, in several workspaces at the same time, and prints each outcome. */
async function runAll(
  mutations: Mutation[],
  template: Template,
  isTested: (mutation: Mutation) => boolean,
): Promise<Outcome[]> {
  const waiting = mutations.values()
  const outcomes: Outcome[] = []
  const work = async () => {
    const workspace = await Workspace.create()
    try {
      await releaseContract(workspace)
      for (const mutation of waiting) {
        await workspace.apply(mutation)
        const verdicts = await runChecks(mutation, { workspace, template, withTests: isTested(mutation) })
        await workspace.revert(mutation)
        outcomes.push({ mutation, verdicts })
        console.log(formatOutcome({ mutation, verdicts }))
      }
    } finally {
      await workspace.remove()
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallelism, mutations.length) }, work))
  return outcomes
}
