import { writeFile } from 'node:fs/promises'
import { StartError } from '../src/problems.ts'
import { cases } from './bench/cases.ts'
import { checkRatios } from './bench/check.ts'
import { formatComparison } from './bench/comparison.ts'
import { Failures } from './bench/failures.ts'
import { joinRounds, type Case, type Figure, type RoundOptions } from './bench/figures.ts'
import { grow } from './bench/grow/grow.ts'
import { maxConnections } from './bench/lab.ts'
import { chooseCases, completeGrow, parseCount, repeatCompare } from './bench/options.ts'
import { describeMachine, formatMachine, readReport, type Report } from './bench/report.ts'
import { formatNumber, formatTable } from './bench/table.ts'
import { say, withLab } from './bench/withLab.ts'
import { createTool, runAsProcess } from './tool.ts'

const help = `npm run bench [-- --only CASE,… --seconds N --rounds N --connections N --json FILE]
npm run bench -- --grow [ROWS] [--seconds N --json FILE]
npm run bench -- --check FILE
npm run bench -- --compare OLD.json NEW.json

Starts a new PostgreSQL whose commits are durable, and the service as npm start runs it in production, on 127.0.0.1.
Measures each case in several rounds, and in the same round its baseline: a simpler program that does part of the same work on the same
machine, such as a bare Koa. Prints one table with the medians of the rounds and the ratios. It runs only on Linux.
docs/performance.md explains the figures.
  --only CASE,…     measures only these cases; can be repeated
  --seconds N       counts N seconds of each load after a warm-up, 5 by default
  --rounds N        5 by default
  --connections N   of me, refresh and storm, 32 by default
  --json FILE       writes the figures of every round, and what the machine is
  --grow [ROWS]     fills the login log with 10,000 rows and ten times as many at each further step, up to ROWS
                    (10,000,000 by default), and as many users up to 1,000,000; measures lists and sizes at each step
  --check FILE      measures me, refresh and sign-in for about a minute, and fails if the ratio of a rate to its baseline
                    is more than 25 % below that in FILE, also when the case is measured again
  --compare A B     measures nothing and compares two such files

${cases.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

Exit code: 0 if the service replied to every request with success, otherwise 1.`

const options = {
  only: { type: 'string', multiple: true },
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '5' },
  connections: { type: 'string', default: '32' },
  json: { type: 'string' },
  grow: { type: 'string' },
  check: { type: 'string' },
  compare: { type: 'string', multiple: true },
} as const
const maxRows = 10_000_000

const tool = createTool(help, options, async ({ only, json, compare, check, ...texts }) => {
  if (compare) return compareReports(compare)
  if (process.platform !== 'linux') throw new StartError('npm run bench reads /proc, which only Linux has.')
  if (check !== undefined) return checkRatios(check)
  const report = await measure(only, texts)
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`\n${formatTable(report.lines)}\n\n${formatMachine(report)}`)
  for (const [what, count] of Object.entries(report.failures)) console.log(`FAILED ${count} ×: ${what}`)
  return Object.keys(report.failures).length > 0 ? 1 : 0
})
await runAsProcess((args, output) => tool(completeGrow(repeatCompare(args), maxRows), output))

type Texts = { seconds: string; rounds: string; connections: string; grow?: string | undefined }

function measure(only: readonly string[] | undefined, texts: Texts): Promise<Report> {
  const seconds = parseCount('--seconds', texts.seconds, 3600)
  if (texts.grow !== undefined) return grow(parseCount('--grow', texts.grow, maxRows), seconds)
  const chosen = chooseCases(only)
  const rounds = parseCount('--rounds', texts.rounds, 1000)
  const connections = parseCount('--connections', texts.connections, maxConnections)
  return run(chosen, rounds, { seconds, warm: Math.min(3, Math.max(1, seconds / 2)), connections })
}

async function compareReports(files: readonly string[]): Promise<number> {
  const [before, after, ...others] = files
  if (before === undefined || after === undefined || others.length > 0)
    throw new StartError('--compare needs two files that --json has written.')
  const reports = [await readReport(before), await readReport(after)] as const
  console.log(`old: ${formatMachine(reports[0])}\nnew: ${formatMachine(reports[1])}\n`)
  console.log(formatComparison(...reports))
  return 0
}

function run(chosen: readonly Case[], rounds: number, options: RoundOptions): Promise<Report> {
  return withLab(async (lab) => {
    const failures = new Failures()
    const measured: { case: string; figures: Figure[] }[] = []
    const machine = await describeMachine(lab.cluster)
    for (let round = 1; round <= rounds; round++) {
      await lab.tidy()
      await lab.restart()
      for (const { name, measure } of chosen) {
        const fail = failures.of(name)
        try {
          const figures = await measure({ lab, options, fail })
          measured.push({ case: name, figures })
          say(`round ${round} of ${rounds}, ${name}: ${figures.map(summarize).join(', ')}`)
        } catch (error) {
          // The other cases are still worth their figures. The run fails in any case.
          fail({ [(error as Error).message]: 1 })
          say(`round ${round} of ${rounds}, ${name}: ${(error as Error).message}`)
        }
      }
    }
    return { machine, options: { ...options, rounds }, lines: joinRounds(measured), failures: failures.counts }
  })
}

function summarize({ name, value, unit, baseline }: Figure): string {
  const ratio = baseline ? ` (${(value / baseline.value).toFixed(2)} × ${baseline.name})` : ''
  return `${name} ${formatNumber(value)} ${unit}${ratio}`
}
