import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { BenchLab } from '../lab.ts'
import type { Figure, Round } from '../figures.ts'
import { runSignIn } from '../requests.ts'

const writers = 4
const drops = 3
const signingIn = 2

/** PostgreSQL holds the locks until the commit, and deletes the files after that. */
type Drop = { statement: number; commit: number }

/**
 * Drops the oldest months of the login log, one after the other, as the hourly clean-up does, while others sign in and
 * while rows are added to the log.
 */
export async function measureDrops(round: Round): Promise<Figure[]> {
  const quiet = await measureWriters(round, () => Promise.resolve({ statement: NaN, commit: NaN }))
  const busy = await measureWriters(round, () => dropMonth(round.lab))
  const slowest = (part: keyof Drop) => Math.max(...busy.drops.map((drop) => drop[part]))
  const baseline = (value: number) => ({ baseline: { name: 'without a drop', value } })
  return [
    { name: 'drop of a month, statement', unit: 'ms', value: slowest('statement') },
    { name: 'drop of a month, commit', unit: 'ms', value: slowest('commit') },
    { name: 'sign-in meanwhile, p99', unit: 'ms', value: busy.signIn, ...baseline(quiet.signIn) },
    { name: 'insert meanwhile, slowest', unit: 'ms', value: busy.insert, ...baseline(quiet.insert) },
  ]
}

async function measureWriters(round: Round, drop: () => Promise<Drop>) {
  const isOver = { value: false }
  const inserts = Array.from({ length: writers }, () => insertRows(round.lab, isOver))
  const signIns = runSignIn(round, signingIn, { pids: {} })
  await sleep(round.options.warm * 1000 + 500)
  const times: Drop[] = []
  while (times.length < drops) {
    times.push(await drop())
    await sleep(500)
  }
  const { p99 } = await signIns
  isOver.value = true
  return { drops: times, signIn: p99, insert: Math.max(...(await Promise.all(inserts))) }
}

/** Drops one month. @returns the milliseconds of the statement, and those of the commit */
async function dropMonth({ cluster }: BenchLab): Promise<Drop> {
  return connect(cluster.url(), async (client) => {
    await client.query('begin')
    const began = performance.now()
    const drop = `select drop_oldest_partition('login_logs', now()) as dropped`
    const { rows } = await client.query<{ dropped: string | null }>(drop)
    if (!rows[0]?.dropped) throw new Error('The login log has no old month to drop')
    const dropped = performance.now()
    await client.query('commit')
    return { statement: dropped - began, commit: performance.now() - dropped }
  })
}

/** Inserts rows of new users, each in its own transaction. @returns the milliseconds of the slowest */
function insertRows({ cluster }: BenchLab, isOver: { value: boolean }): Promise<number> {
  return connect(cluster.url(), async (client) => {
    const text = 'insert into login_logs (user_id, id, ip_address, user_agent) values ($1, $2, $3, $4)'
    let slowest = 0
    while (!isOver.value) {
      const began = performance.now()
      await client.query({ name: 'insert', text, values: [randomUUID(), randomUUID(), '10.0.0.1', 'bench'] })
      slowest = Math.max(slowest, performance.now() - began)
      await sleep(5)
    }
    return slowest
  })
}

async function connect<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
