import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { StartError } from '../src/problems.ts'
import { printError } from '../src/cli/printError.ts'
import { measureMails } from './securityTiming/mails.ts'
import { compare } from './securityTiming/statistics.ts'
import type { Storm, Stormed } from './securityTiming/storm.ts'
import { startTarget, type Target } from './securityTiming/target.ts'

const help = `npm run security:timing [-- --times N --mails N --storm N]

Measures on a service of its own, in production and without limits, what its tests cannot: whether the time of an answer, or
the delay of one's own mail behind mails to other addresses, reveals who has an account (security 13, 15, 96), and what a storm
of sign-ins does to it (security 61).
  --times N  requests of each kind, 200 unless given, in random order; the Mann–Whitney U test compares the times
  --mails N  delays of one's own mail of each kind, 30 unless given, likewise; each takes a second or two
  --storm N  sign-ins at once, 500 unless given

A p below 0.01, run after run, with an effect away from 0.5 is a difference that somebody can see. A quiet machine sees more.`

type Ask = (target: Target, at: number) => Promise<{ status: number; ms: number }>

const signIn =
  (email: (target: Target, at: number) => string, password?: string): Ask =>
  (target, at) =>
    target.post('auth/token/', { email: email(target, at), password: password ?? target.password })
const forgot =
  (email: (target: Target, at: number) => string): Ask =>
  (target, at) =>
    target.post('users/forgot-password/', { email: email(target, at) })
const register =
  (email: (target: Target, at: number) => string): Ask =>
  (target, at) =>
    target.post('users/register/', {
      email: email(target, at),
      password: target.password,
      password_confirm: target.password,
    })

const known = ({ known }: Target) => known
const unknown = (_: Target, at: number) => `nobody${at}@example.com`
const pairs: [title: string, status: number, first: Ask, second: Ask][] = [
  ['sign-in: unknown | wrong password', 401, signIn(unknown), signIn(known, 'a wrong password of hers')],
  ['sign-in: unknown | suspended', 401, signIn(unknown), signIn(({ suspended }) => suspended)],
  ['forgot: unknown | known', 200, forgot(unknown), forgot(known)],
  ['registration: free | taken', 201, register((_, at) => `free${at}@example.com`), register(known)],
]

try {
  const number = { type: 'string' } as const
  const { values } = parseArgs({
    options: { times: number, mails: number, storm: number, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) console.log(help)
  else {
    const [mails, storm] = [count('--mails', values.mails ?? '30'), count('--storm', values.storm ?? '500')]
    await run(count('--times', values.times ?? '200'), mails, storm)
  }
} catch (error) {
  printError(error)
  process.exitCode = 1
}

async function run(times: number, mails: number, storm: number): Promise<void> {
  const target = await startTarget()
  try {
    for (const [title, status, first, second] of pairs) {
      const taken = await measure(target, times, status, [first, second])
      reportTimes(title, taken)
    }
    await rage(target, storm)
  } finally {
    await target.stop()
  }
  await measureMails(mails, ({ title, taken }) => {
    reportTimes(`own mail after ${title}: unknown | known`, taken)
  })
}

function reportTimes(title: string, taken: [number[], number[]]): void {
  const { medians, effect, p } = compare(...taken)
  const [one, other] = medians.map((ms) => `${ms.toFixed(2)} ms`)
  const counts = taken.map(({ length }) => length).join(' + ')
  console.log(
    `${title}, ${counts}: medians ${String(one)} | ${String(other)}, effect ${effect.toFixed(3)}, p = ${p.toPrecision(2)}`,
  )
}

/** One request at a time, in random order: what a request leaves to be done in the background meets either kind alike. */
async function measure(
  target: Target,
  times: number,
  status: number,
  kinds: [Ask, Ask],
): Promise<[number[], number[]]> {
  const taken: [number[], number[]] = [[], []]
  const warmUp = 5
  const order = Array.from({ length: 2 * times }, (_, at) => ({ kind: at % 2, by: Math.random() }))
  order.sort((a, b) => a.by - b.by)
  for (const [at, { kind }] of [...order.slice(0, 2 * warmUp), ...order].entries()) {
    const answer = await (kind === 0 ? kinds[0] : kinds[1])(target, at)
    if (answer.status !== status) throw new StartError(`A request was answered ${answer.status} instead of ${status}.`)
    if (at >= 2 * warmUp) taken[kind === 0 ? 0 : 1].push(answer.ms)
  }
  return taken
}

async function rage(target: Target, size: number): Promise<void> {
  const before = await target.memory()
  const most: [number, number] = [...before]
  const live: number[] = []
  const worker = new Worker(new URL('./securityTiming/storm.ts', import.meta.url), {
    workerData: { url: target.url, size } satisfies Storm,
  })
  let answers: Stormed | undefined
  const stormed = once(worker, 'message').then(([given]) => (answers = given as Stormed))
  while (!answers) {
    live.push((await target.live()).ms)
    for (const [at, mb] of (await target.memory()).entries()) most[at] = Math.max(most[at] ?? 0, mb)
    await Promise.race([stormed, sleep(50)])
  }
  const given = answers
  const of = (wanted: number) => given.filter(({ status }) => status === wanted)
  const told = of(503).filter(({ retryAfter }) => Number(retryAfter) >= 1).length
  console.log(
    `${size} sign-ins at once: ${of(401).length} × 401, ${of(503).length} × 503 (${told} with Retry-After), ${size - of(401).length - of(503).length} others`,
  )
  console.log(`/health/live meanwhile, ${live.length} times: ${Math.max(...live).toFixed(0)} ms at most`)
  const figures = (mb: number[]) => mb.map((one) => one.toFixed(0)).join(' + ')
  console.log(`resident memory, service + hashing: ${figures(before)} MB before, ${figures(most)} MB at most`)
}

function count(name: string, text: string): number {
  const given = Number(text)
  if (Number.isInteger(given) && given >= 1) return given
  throw new StartError(`${name} ${text}: it is a number of requests.`)
}
