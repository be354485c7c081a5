import type { LoadJob, LoadResult } from './load.ts'
import type { Measured } from './counter.ts'
import type { Figure, Round } from './figures.ts'
import { runWork } from './work.ts'

const json = { 'content-type': 'application/json' }

type Requests = Omit<LoadJob, 'warm' | 'seconds' | 'pids'> & Partial<Pick<LoadJob, 'warm' | 'seconds' | 'pids'>>

/** Sends requests from a separate process, and reports those that failed. */
export async function runLoad({ options: { warm, seconds }, fail }: Round, requests: Requests): Promise<LoadResult> {
  const result = await runWork<LoadResult>('load', { warm, seconds, pids: {}, ...requests } satisfies LoadJob)
  fail(result.failures)
  return result
}

/** GET me of the service. Each connection has the token of another user. */
export async function runMe(round: Round, connections = round.options.connections): Promise<LoadResult> {
  const { lab } = round
  const tokens = await lab.accessTokens(connections)
  const requests = { url: lab.service.url, path: '/api/v1/users/me/', method: 'GET', isChain: false } as const
  return runLoad(round, { ...requests, connections: tokens.map(authorize), pids: lab.servicePids })
}

/** The same of the bare server. */
export async function runBareMe(round: Round): Promise<LoadResult> {
  const { lab, options } = round
  const connections = (await lab.baselines.tokens(options.connections)).map(authorize)
  const requests = { url: lab.baselines.url, path: '/me', method: 'GET', isChain: false } as const
  return runLoad(round, { ...requests, connections, pids: lab.baselinePids })
}

/** Each connection refreshes a session of another user, again and again. */
export async function runRefresh(round: Round): Promise<LoadResult> {
  const { lab, options } = round
  const connections = lab.refreshBodies.slice(0, options.connections).map((body) => ({ headers: json, body }))
  const requests = { url: lab.service.url, path: '/api/v1/auth/token/refresh/', method: 'POST', isChain: true } as const
  const result = await runLoad(round, { ...requests, connections, pids: lab.servicePids })
  for (const [account, body] of result.bodies.entries()) lab.refreshBodies[account] = body ?? ''
  return result
}

/** Sign-ins with the right password. Each connection signs in another user. */
export async function runSignIn(round: Round, connections: number, span: Partial<LoadJob> = {}): Promise<LoadResult> {
  const { lab } = round
  const bodies = lab.accountsToSignIn(connections).map(({ email, password }) => ({
    headers: json,
    body: JSON.stringify({ email, password }),
  }))
  const requests = { url: lab.service.url, path: '/api/v1/auth/token/', method: 'POST', isChain: false } as const
  return runLoad(round, { ...requests, connections: bodies, pids: lab.servicePids, ...span })
}

function authorize(token: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${token}` } }
}

/** The figures that every case with a rate has, against those of its baseline. */
export function compareLoads(load: Measured, baseline: Measured, name: string): Figure[] {
  return [
    { name: 'rate', unit: '1/s', value: load.rate, baseline: { name, value: baseline.rate } },
    { name: 'p99', unit: 'ms', value: load.p99, baseline: { name, value: baseline.p99 } },
  ]
}

/** The CPU time per operation of each process that both have counted. */
export function compareCpu(load: Measured, baseline: Measured, name: string): Figure[] {
  return Object.entries(load.cpu).map(([what, value]) => {
    const baselineValue = baseline.cpu[what]
    const figure = { name: `CPU of ${what}`, unit: 'µs', value }
    return baselineValue === undefined ? figure : { ...figure, baseline: { name, value: baselineValue } }
  })
}
