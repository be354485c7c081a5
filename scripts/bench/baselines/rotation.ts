import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { Counter, type Measured, type Span } from '../counter.ts'
import { doWork } from '../work.ts'

/** @property isOneStatement whether a rotation is one statement, or a transaction of five statements */
export type RotationJob = Span & { databaseUrl: string; clients: number; isOneStatement: boolean }

const columns = 'family_id, account_id, token_hash, expires_at'
const open = {
  name: 'open',
  text: `insert into session (${columns}) values (gen_random_uuid(), $1, $2, now() + interval '1 day')`,
}
const lock = {
  name: 'lock',
  text: `select id, family_id, account_id from session
    where token_hash = $1 and replaced_at is null and expires_at > now() for update`,
}
const replace = { name: 'replace', text: 'update session set replaced_at = now() where id = $1' }
const succeed = {
  name: 'succeed',
  text: `insert into session (${columns}) values ($1, $2, $3, now() + interval '1 day')`,
}
const rotate = {
  name: 'rotate',
  text: `with old as (
      update session set replaced_at = now() where token_hash = $1 and replaced_at is null and expires_at > now()
      returning family_id, account_id
    )
    insert into session (${columns}) select family_id, account_id, $2, now() + interval '1 day' from old`,
}

type Session = { id: string; family_id: string; account_id: string }

// The statements of a rotation of refresh tokens alone: each client of PostgreSQL holds a chain of tokens.
await doWork(async ({ databaseUrl, clients, isOneStatement, ...span }: RotationJob): Promise<Measured> => {
  const connected = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      return client
    }),
  )
  const counter = new Counter(span)
  const chains = connected.map(async (client, account) => {
    let current = makeHash()
    await client.query({ ...open, values: [account, current] })
    while (!counter.isOver) {
      const began = performance.now()
      const next = makeHash()
      const rotated = isOneStatement
        ? (await client.query({ ...rotate, values: [current, next] })).rowCount
        : await rotateInSteps(client, current, next)
      if (rotated === 1) counter.add(began)
      else counter.fail('no row')
      current = next
    }
    await client.end()
  })
  await Promise.all(chains)
  return counter.result()
})

async function rotateInSteps(client: pg.Client, current: Buffer, next: Buffer): Promise<number | null> {
  await client.query('begin')
  const { rows } = await client.query<Session>({ ...lock, values: [current] })
  const [old] = rows
  await client.query({ ...replace, values: [old?.id] })
  const { rowCount } = await client.query({ ...succeed, values: [old?.family_id, old?.account_id, next] })
  await client.query('commit')
  return rowCount
}

function makeHash(): Buffer {
  return createHash('sha256').update(randomBytes(32)).digest()
}
