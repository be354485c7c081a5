import { setTimeout as sleep } from 'node:timers/promises'
import type { Measured, Span } from './counter.ts'
import type { Case, Figure, Round } from './figures.ts'
import type { RotationJob } from './baselines/rotation.ts'
import { cpuOf, descendantsOf, pssOf } from './proc.ts'
import { compareCpu, compareLoads, runBareMe, runLoad, runMe, runRefresh, runSignIn } from './requests.ts'
import { median } from '../statistics.ts'
import { runWork } from './work.ts'

const signingIn = 8
const starts = 3
const bareMe = 'Koa + ES256 + select'

/** In the order in which a round measures them. */
export const cases: readonly Case[] = [
  { name: 'start', title: 'process start to ready on a migrated database', measure: measureStart },
  { name: 'memory', title: 'PSS of the service, idle and after load', measure: measureMemory },
  { name: 'me', title: 'GET users/me, each connection with the token of another user', measure: measureMe },
  { name: 'refresh', title: 'chains of rotating refresh tokens', measure: measureRefresh },
  { name: 'sign-in', title: `sign-ins of ${signingIn} users with the right password`, measure: measureSignIn },
  { name: 'storm', title: 'GET users/me on one connection while others sign in', measure: measureStorm },
  { name: 'workers', title: 'GET users/me with WORKERS=2 against WORKERS=1', measure: measureWorkers },
]

async function measureStart({ lab }: Round): Promise<Figure[]> {
  const times: { service: number; baseline: number; cpu: number }[] = []
  while (times.length < starts) {
    const time = await lab.restart()
    times.push({ ...time, cpu: cpuOf(lab.service.pid) })
  }
  const of = (name: 'service' | 'baseline' | 'cpu') => median(times.map((time) => time[name]))
  return [
    { name: 'time to ready', unit: 'ms', value: of('service'), baseline: { name: 'Koa + pg', value: of('baseline') } },
    { name: 'CPU by then', unit: 'ms', value: of('cpu') },
  ]
}

async function measureMemory(round: Round): Promise<Figure[]> {
  const { lab } = round
  await lab.restart()
  await sleep(2000)
  const idle = readMemory(round)
  await runMe(round)
  await runBareMe(round)
  await runRefresh(round)
  await runSignIn(round, signingIn)
  const loaded = readMemory(round)
  const figure = (state: string, { serving, hashing, bare }: Memory): Figure[] => [
    { name: `serving, ${state}`, unit: 'MB', value: serving, baseline: { name: 'Koa + pg', value: bare } },
    { name: `hashing, ${state}`, unit: 'MB', value: hashing },
  ]
  return [...figure('idle', idle), ...figure('after load', loaded)]
}

type Memory = { serving: number; hashing: number; bare: number }

function readMemory({ lab: { service, baselines } }: Round): Memory {
  const hashing = descendantsOf(service.pid).reduce((sum, pid) => sum + pssOf(pid), 0)
  return { serving: pssOf(service.pid), hashing, bare: pssOf(baselines.pid) }
}

async function measureMe(round: Round): Promise<Figure[]> {
  const { lab, options } = round
  const load = await runMe(round)
  const bare = await runBareMe(round)
  const connections = Array.from({ length: options.connections }, () => ({}))
  const fixed = { url: lab.baselines.url, path: '/fixed', method: 'GET', connections, isChain: false } as const
  const { rate } = await runLoad(round, fixed)
  return [
    ...compareLoads(load, bare, bareMe),
    { name: 'rate', unit: '1/s', value: load.rate, baseline: { name: 'Koa, fixed JSON', value: rate } },
    ...compareCpu(load, bare, bareMe),
  ]
}

async function measureRefresh(round: Round): Promise<Figure[]> {
  const { lab, options, fail } = round
  const countWal = async (measure: () => Promise<Measured>) => {
    const before = await lab.walPosition()
    const measured = await measure()
    return { ...measured, wal: ((await lab.walPosition()) - before) / measured.total }
  }
  const rotate = (isOneStatement: boolean) =>
    countWal(async () => {
      const databaseUrl = lab.cluster.url('baselines')
      const span: Span = { ...options, pids: { PostgreSQL: lab.cluster.pid ?? NaN } }
      const job: RotationJob = { ...span, databaseUrl, clients: options.connections, isOneStatement }
      const measured = await runWork<Measured>('baselines/rotation', job)
      fail(measured.failures)
      return measured
    })
  const load = await countWal(() => runRefresh(round))
  const [transaction, statement] = [await rotate(false), await rotate(true)]
  const wal = { name: 'rotation in one transaction', value: transaction.wal }
  return [
    ...compareLoads(load, transaction, 'rotation in one transaction'),
    ...compareLoads(load, statement, 'rotation in one statement'),
    ...compareCpu(load, transaction, 'rotation in one transaction'),
    { name: 'WAL per refresh', unit: 'B', value: load.wal, baseline: wal },
  ]
}

async function measureSignIn(round: Round): Promise<Figure[]> {
  const load = await runSignIn(round, signingIn)
  const baseline = await runWork<Measured>('baselines/scrypt', { ...round.options, pids: {} } satisfies Span)
  const [name, self] = ['raw scrypt', baseline.cpu['self'] ?? NaN]
  const { 'the server': server = NaN, PostgreSQL: postgres = NaN } = load.cpu
  return [
    { name: 'rate', unit: '1/s', value: load.rate, baseline: { name, value: baseline.rate } },
    { name: 'p50', unit: 'ms', value: load.p50 },
    { name: 'CPU of the server', unit: 'ms', value: server / 1000, baseline: { name, value: self / 1000 } },
    { name: 'CPU of PostgreSQL', unit: 'ms', value: postgres / 1000 },
  ]
}

/** The cores in use show what the bottleneck is: the generator if it uses one, or the machine if all of its cores are in use. */
async function measureWorkers(round: Round): Promise<Figure[]> {
  const one = await runMe(round)
  await round.lab.restart({ WORKERS: '2' })
  const two = await runMe(round)
  await round.lab.restart()
  const cores = (name: string, of: (cpu: Record<string, number>) => number): Figure => {
    const used = ({ rate, cpu }: Measured) => (rate * of(cpu)) / 1e6
    return { name, unit: 'cores', value: used(two), baseline: { name: 'WORKERS=1', value: used(one) } }
  }
  return [
    ...compareLoads(two, one, 'WORKERS=1'),
    ...compareCpu(two, one, 'WORKERS=1'),
    cores('cores of the generator', (cpu) => cpu['the generator'] ?? NaN),
    cores('cores of all together', (cpu) => Object.values(cpu).reduce((sum, each) => sum + each, 0)),
  ]
}

async function measureStorm(round: Round): Promise<Figure[]> {
  const { seconds, warm, connections } = round.options
  const idle = await runMe(round, 1)
  // The storm begins before the counted requests and ends after them.
  const storm = runSignIn(round, connections, { seconds: seconds + warm + 1, pids: {} })
  await sleep(warm * 1000)
  const [busy] = await Promise.all([runMe(round, 1), storm])
  return [
    { name: 'p50 in a storm', unit: 'ms', value: busy.p50, baseline: { name: 'idle', value: idle.p50 } },
    { name: 'p99 in a storm', unit: 'ms', value: busy.p99, baseline: { name: 'idle', value: idle.p99 } },
  ]
}
