import { rmSync } from 'node:fs'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../src/problems.ts'
import { cases } from './bench/cases.ts'
import { formatComparison } from './bench/comparison.ts'
import { joinRounds, type Case, type Figure, type RoundOptions } from './bench/figures.ts'
import { BenchLab, maxConnections } from './bench/lab.ts'
import { chooseCases, parseCount, repeatCompare } from './bench/options.ts'
import { describeMachine, formatMachine, readReport, type Report } from './bench/report.ts'
import { formatNumber, formatTable } from './bench/table.ts'
import { createTool, runAsProcess } from './tool.ts'

const help = `npm run bench [-- --only CASE,… --seconds N --rounds N --connections N --json FILE]
npm run bench -- --compare OLD.json NEW.json

Starts a new PostgreSQL whose commits are durable, and the service as npm start runs it in production, on 127.0.0.1.
Measures each case in several rounds, and in the same round its limit: what less than the service can do on the same
machine, such as a bare Koa. Prints one table with the medians of the rounds and the ratios. It runs only on Linux.
docs/performance.md explains the figures.
  --only CASE,…     measures only these cases; can be repeated
  --seconds N       counts N seconds of each load after a warm-up, 5 by default
  --rounds N        5 by default
  --connections N   of me, refresh and storm, 32 by default
  --json FILE       writes the figures of every round, and what the machine is
  --compare A B     measures nothing and compares two such files

${cases.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

Exit code: 0 if the service replied to every request with success, otherwise 1.`

const options = {
  only: { type: 'string', multiple: true },
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '5' },
  connections: { type: 'string', default: '32' },
  json: { type: 'string' },
  compare: { type: 'string', multiple: true },
} as const

const tool = createTool(help, options, async ({ only, json, compare, ...texts }) => {
  if (compare) return compareReports(compare)
  if (process.platform !== 'linux') throw new StartError('npm run bench reads /proc, which only Linux has.')
  const chosen = chooseCases(only)
  const seconds = parseCount('--seconds', texts.seconds, 3600)
  const rounds = parseCount('--rounds', texts.rounds, 1000)
  const connections = parseCount('--connections', texts.connections, maxConnections)
  const report = await run(chosen, rounds, { seconds, warm: Math.min(3, Math.max(1, seconds / 2)), connections })
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`\n${formatTable(report.lines)}\n\n${formatMachine(report)}`)
  for (const [what, count] of Object.entries(report.failures)) console.log(`FAILED ${count} ×: ${what}`)
  return Object.keys(report.failures).length > 0 ? 1 : 0
})
await runAsProcess((args, output) => tool(repeatCompare(args), output))

async function compareReports(files: readonly string[]): Promise<number> {
  const [before, after, ...others] = files
  if (before === undefined || after === undefined || others.length > 0)
    throw new StartError('--compare needs two files that --json has written.')
  const reports = [await readReport(before), await readReport(after)] as const
  console.log(`old: ${formatMachine(reports[0])}\nnew: ${formatMachine(reports[1])}\n`)
  console.log(formatComparison(...reports))
  return 0
}

async function run(chosen: readonly Case[], rounds: number, options: RoundOptions): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  await chmod(folder, 0o755)
  say('creates a database')
  const lab = await BenchLab.prepare(folder)
  const failures: Record<string, number> = {}
  const measured: { case: string; figures: Figure[] }[] = []
  try {
    const machine = await describeMachine(lab.cluster)
    for (let round = 1; round <= rounds; round++) {
      await lab.tidy()
      await lab.restart()
      for (const { name, measure } of chosen) {
        const fail = (some: Record<string, number>) => {
          for (const [reason, count] of Object.entries(some))
            failures[`${name}: ${reason}`] = (failures[`${name}: ${reason}`] ?? 0) + count
        }
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
    return { machine, options: { ...options, rounds }, lines: joinRounds(measured), failures }
  } finally {
    await lab.stop()
  }
}

function summarize({ name, value, unit, limit }: Figure): string {
  const ratio = limit ? ` (${(value / limit.value).toFixed(2)} × ${limit.name})` : ''
  return `${name} ${formatNumber(value)} ${unit}${ratio}`
}

function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)
}
