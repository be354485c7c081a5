import type { Figure, Round } from '../figures.ts'
import { runLoad } from '../requests.ts'
import { addLoginLogs, addUsers, createPastPartitions, splitRows } from './fill.ts'
import { readsOfLog, searches, type Read } from './reads.ts'

export const maxUsers = 1_000_000

type Person = 'owner' | 'superuser'
type Sizes = { users: number; logs: number; emails: number; indexes: number; userCount: number; logCount: number }

/** Fills the tables of a lab step by step, and measures after each step. */
export class Growth {
  readonly #round: Round
  readonly #say: (text: string) => void
  readonly #owner: string
  readonly #middle: string
  #rows = 0
  #users = 0

  private constructor(round: Round, say: (text: string) => void, owner: string, middle: string) {
    this.#round = round
    this.#say = say
    this.#owner = owner
    this.#middle = middle
  }

  /** Creates the partitions of a year. The first account becomes the owner of most rows, the second a superuser. */
  static async prepare(round: Round, say: (text: string) => void): Promise<Growth> {
    const { cluster, accounts } = round.lab
    const [owner, superuser] = accounts
    await createPastPartitions(cluster)
    await cluster.query('update users set is_superuser = true where email = $1', 'gatehouse', [superuser?.email])
    const [found] = await cluster.query<{ id: string; middle: string }>(
      `select id, to_char(now() - interval '6 months', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as middle from users where email = $1`,
      'gatehouse',
      [owner?.email],
    )
    if (!found) throw new Error('The owner of the login log is missing')
    return new Growth(round, say, found.id, found.middle)
  }

  /** Adds rows until there are as many rows of the login log, and as many users up to `maxUsers`. */
  async growTo(rows: number): Promise<Figure[]> {
    const { cluster } = this.#round.lab
    const users = Math.min(rows, maxUsers)
    const began = performance.now()
    for (const [first, last] of splitRows(this.#users, users)) {
      await addUsers(cluster, first, last)
      this.#say(`${last.toLocaleString('en-US')} users`)
    }
    for (const [first, last] of splitRows(this.#rows, rows, 500_000)) {
      await addLoginLogs(cluster, this.#owner, [first, last], { from: this.#rows, to: rows })
      this.#say(`${last.toLocaleString('en-US')} rows of the login log`)
    }
    this.#users = users
    this.#rows = rows
    await cluster.query('vacuum analyze')
    await cluster.query('checkpoint')
    return [
      { name: 'time to fill', unit: 's', value: (performance.now() - began) / 1000 },
      ...(await this.#measureSizes()),
    ]
  }

  /** Measures the pages of the login log of the owner and of all users, and the searches, with one request at a time. */
  async measureReads(fail: Round['fail']): Promise<Figure[]> {
    const round = { ...this.#round, fail }
    const [owner = '', superuser = ''] = await round.lab.accessTokens(2)
    const tokens = { owner, superuser }
    const reads = readsOfLog(this.#middle)
    const all: [string, Person, Read][] = [
      ...reads.map((read): [string, Person, Read] => ['own log', 'owner', read]),
      ...reads.map((read): [string, Person, Read] => ['all logs', 'superuser', read]),
      ...searches.map((read): [string, Person, Read] => ['search', 'superuser', read]),
    ]
    const figures: Figure[] = []
    for (const [group, person, read] of all)
      figures.push(...(await measureRead(round, `${group}, ${read.name}`, tokens[person], read)))
    return figures
  }

  async #measureSizes(): Promise<Figure[]> {
    const [sizes] = await this.#round.lab.cluster.query<Sizes>(`
      with logs as (select relid from pg_partition_tree('login_logs'))
      select (select count(*) from users)::float8 as "userCount", (select count(*) from login_logs)::float8 as "logCount",
        pg_table_size('users')::float8 as users, pg_table_size('emails')::float8 as emails,
        (pg_indexes_size('users') + pg_indexes_size('emails'))::float8 as indexes,
        (select sum(pg_total_relation_size(relid)) from logs)::float8 as logs`)
    if (!sizes) throw new Error('The sizes are missing')
    const { users, emails, indexes, logs, userCount, logCount } = sizes
    const megabyte = 2 ** 20
    return [
      { name: 'users and emails, tables', unit: 'MB', value: (users + emails) / megabyte },
      { name: 'users and emails, indexes', unit: 'MB', value: indexes / megabyte },
      { name: 'size per account', unit: 'B', value: (users + emails + indexes) / userCount },
      { name: 'login log with indexes', unit: 'MB', value: logs / megabyte },
      { name: 'size per row of the login log', unit: 'B', value: logs / logCount },
    ]
  }
}

async function measureRead(round: Round, name: string, token: string, { path, before }: Read): Promise<Figure[]> {
  const { url } = round.lab.service
  const headers = { authorization: `Bearer ${token}` }
  const target = before === undefined ? path : `${path}?cursor=${await readCursor(`${url}${before}`, headers)}`
  const requests = { url, path: target, method: 'GET', isChain: false } as const
  const { p50, p99 } = await runLoad(round, { ...requests, connections: [{ headers }] })
  return [
    { name: `${name}, p50`, unit: 'ms', value: p50 },
    { name: `${name}, p99`, unit: 'ms', value: p99 },
  ]
}

async function readCursor(url: string, headers: Record<string, string>): Promise<string> {
  const reply = await fetch(url, { headers })
  const page = (await reply.json()) as { next_cursor?: string | null }
  if (!reply.ok || !page.next_cursor) throw new Error(`${url} was answered with ${reply.status} and no next page`)
  return page.next_cursor
}
