import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import type { Cluster } from '../faults/cluster.ts'
import type { Line, RoundOptions } from './figures.ts'

const run = promisify(execFile)

/** What figures depend on. `load`: how many processes wanted a core before the run, on average of a minute. */
export type Machine = {
  date: string
  commit: string
  cores: number
  cpu: string
  memory: string
  kernel: string
  node: string
  postgres: string
  load: number
}

/** What `--json` writes and `--compare` reads. */
export type Report = {
  machine: Machine
  options: RoundOptions & { rounds: number }
  lines: Line[]
  failures: Record<string, number>
}

export async function describeMachine(cluster: Cluster): Promise<Machine> {
  const [version] = await cluster.query<{ server_version: string }>('show server_version')
  return {
    date: new Date().toISOString(),
    commit: await describeCommit(),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    kernel: release(),
    node: process.version,
    postgres: version?.server_version ?? 'unknown',
    load: loadavg()[0] ?? NaN,
  }
}

/** Returns the commit, with `-dirty` if there are changes. A packed repository has none. */
async function describeCommit(): Promise<string> {
  const cwd = import.meta.dirname
  const { stdout } = await run('git', ['describe', '--always', '--dirty'], { cwd }).catch(() => ({ stdout: 'unknown' }))
  return stdout.trim()
}

/** @throws StartError if the file is no result of `npm run bench -- --json` */
export async function readReport(file: string): Promise<Report> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StartError(`${file} cannot be read: ${(cause as Error).message}`)
  })
  try {
    const report = JSON.parse(text) as Partial<Report> | null
    if (Array.isArray(report?.lines)) return report as Report
  } catch {
    // The error below says what the file should be.
  }
  throw new StartError(`${file} is not a file that npm run bench -- --json has written.`)
}

export function formatMachine({ machine: m, options: o }: Report): string {
  return [
    `${m.date.slice(0, 16).replace('T', ' ')} UTC, commit ${m.commit}, ${m.cores} cores (${m.cpu}), ${m.memory}, `,
    `Linux ${m.kernel}, Node ${m.node.slice(1)}, PostgreSQL ${m.postgres}, load ${m.load.toFixed(1)} before the run; `,
    `${o.rounds} × ${o.seconds} s after ${o.warm} s of warm-up, ${o.connections} connections`,
  ].join('')
}
