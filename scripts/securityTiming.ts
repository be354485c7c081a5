import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { StartError } from '../src/problems.ts'
import { importedEmail, importedHashers } from './securityTiming/importedUsers.ts'
import { measureMails } from './securityTiming/mails.ts'
import { takeSamples, type Samples } from './securityTiming/samples.ts'
import { startServiceProcess, type ServiceProcess, type Timed } from './securityTiming/serviceProcess.ts'
import { compare } from './securityTiming/statistics.ts'
import type { Storm, StormReplies } from './securityTiming/storm.ts'
import { runTool } from './tool.ts'

const help = `npm run security:timing [-- --times N --mails N --storm N]

Starts a service as in production, without limits, and measures what npm test cannot: whether response times, or the
delay of a user's own mail after mails to other addresses, reveal who has an account or an imported hash of a password
(security 13, 15, 96, 106), and how the service reacts to many sign-ins at the same time (security 61).
  --times N  requests of each kind, 200 by default, in random order; the Mann–Whitney U test compares the times.
             A fifth as many for each kind of imported hash
  --mails N  delays of each kind, 30 by default, compared in the same way; each takes a second or two
  --storm N  sign-ins at the same time, 500 by default

A p below 0.01 in several runs, with an effect away from 0.5, is a difference that an attacker can measure. A quiet
machine shows smaller differences.`

const number = (value: string) => ({ type: 'string', default: value }) as const

await runTool(help, { times: number('200'), mails: number('30'), storm: number('500') }, async (values) => {
  const [times, mails, storm] = [
    parseCount('--times', values.times),
    parseCount('--mails', values.mails),
    parseCount('--storm', values.storm),
  ]
  const service = await startServiceProcess()
  try {
    // The first sign-in to an imported account raises the work of all later ones.
    for (const hasher of importedHashers) await signInWrongly(service, importedEmail(hasher))
    for (const { title, status, send, share = 1 } of comparisonsOf(service)) {
      const samples = await takeSamples(Math.ceil(times * share), 5, async (kind, index) => {
        const reply = await send[kind](index)
        if (reply.status === status) return reply.ms
        throw new StartError(`${title}: the service answered ${reply.status} instead of ${status}.`)
      })
      printComparison(title, samples)
    }
    await measureStorm(service, storm)
  } finally {
    await service.stop()
  }
  await measureMails(mails, ({ title, samples }) => {
    printComparison(`own mail after ${title}: unknown | known`, samples)
  })
})

function parseCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1) return count
  throw new StartError(`${name} ${text}: it must be a number of requests.`)
}

type Send = (index: number) => Promise<Timed>
/** `share` is the part of the requests that the comparison sends. */
type RequestComparison = { title: string; status: number; send: [first: Send, second: Send]; share?: number }

function signInWrongly({ post }: ServiceProcess, email: string): Promise<Timed> {
  return post('auth/token/', { email, password: 'a wrong password of hers' })
}

/** Returns the pairs of requests that must take the same time. */
function comparisonsOf(service: ServiceProcess): RequestComparison[] {
  const { post, known, suspended, password } = service
  const signIn = (email: string, given = password) => post('auth/token/', { email, password: given })
  const forgot = (email: string) => post('users/forgot-password/', { email })
  const register = (email: string) => post('users/register/', { email, password, password_confirm: password })
  const unknown = (index: number) => `nobody${index}@example.com`
  const signInUnknown: Send = (index) => signIn(unknown(index))
  return [
    {
      title: 'sign-in: unknown | wrong password',
      status: 401,
      send: [signInUnknown, () => signInWrongly(service, known)],
    },
    ...importedHashers.map((hasher) => ({
      title: `sign-in: unknown | wrong password, imported hash of ${hasher}`,
      status: 401,
      send: [signInUnknown, () => signInWrongly(service, importedEmail(hasher))] satisfies [Send, Send],
      share: 0.2,
    })),
    { title: 'sign-in: unknown | suspended', status: 401, send: [signInUnknown, () => signIn(suspended)] },
    { title: 'forgot: unknown | known', status: 200, send: [(index) => forgot(unknown(index)), () => forgot(known)] },
    {
      title: 'registration: free | taken',
      status: 201,
      send: [(index) => register(`free${index}@example.com`), () => register(known)],
    },
  ]
}

function printComparison(title: string, samples: Samples): void {
  const { medians, effect, p } = compare(...samples)
  const [first, second] = medians.map((ms) => `${ms.toFixed(2)} ms`)
  const counts = samples.map(({ length }) => length).join(' + ')
  console.log(
    `${title}, ${counts}: medians ${String(first)} | ${String(second)}, effect ${effect.toFixed(3)}, p = ${p.toPrecision(2)}`,
  )
}

async function measureStorm(service: ServiceProcess, size: number): Promise<void> {
  const before = await service.memory()
  const maximum = [...before]
  const liveness: number[] = []
  const worker = new Worker(new URL('./securityTiming/storm.ts', import.meta.url), {
    workerData: { url: service.url, size } satisfies Storm,
  })
  let replies: StormReplies | undefined
  const ended = once(worker, 'message').then(([message]) => (replies = message as StormReplies))
  while (!replies) {
    liveness.push((await service.getLiveness()).ms)
    for (const [index, mb] of (await service.memory()).entries()) maximum[index] = Math.max(maximum[index] ?? 0, mb)
    await Promise.race([ended, sleep(50)])
  }
  const { 401: refused = [], 503: busy = [], ...others } = Object.groupBy(replies, ({ status }) => status)
  const withRetryAfter = busy.filter(({ retryAfter }) => Number(retryAfter) >= 1).length
  console.log(
    `${size} sign-ins at once: ${refused.length} × 401, ${busy.length} × 503 (${withRetryAfter} with Retry-After), ${Object.values(others).flat().length} others`,
  )
  console.log(`/health/live in the meantime, ${liveness.length} times: ${Math.max(...liveness).toFixed(0)} ms at most`)
  const format = (memory: number[]) => memory.map((mb) => mb.toFixed(0)).join(' + ')
  console.log(`resident memory, service + hashing: ${format(before)} MB before, ${format(maximum)} MB at most`)
}
