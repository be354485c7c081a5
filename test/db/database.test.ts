import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'slonik'
import { findUserIdByAddress } from '../../generated/queries.ts'
import { createDatabase, type DatabaseHandle } from '../../src/db/database.ts'
import { explainConnectionError } from '../../src/db/connectDatabase.ts'
import { asUnavailable } from '../../src/db/errors.ts'
import { row } from '../../src/db/row.ts'
import { Problem } from '../../src/problems.ts'
import { createTestDatabase, query } from '../support/database.ts'

const unavailable = (error: unknown) => error instanceof Problem && error.code === 'unavailable'
const nap = sql.unsafe`select pg_sleep(30)`

describe('the database', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>
  const opened: DatabaseHandle[] = []
  const open = async (preparedStatements = true) => {
    const db = createDatabase({ preparedStatements, onError: () => undefined })
    opened.push(db)
    await db.open(own.url)
    return db
  }
  before(async () => {
    own = await createTestDatabase()
  })
  after(async () => {
    await endNaps()
    for (const db of opened) await db.close()
    await own.drop()
  })

  const endNaps = (how = 'pg_cancel_backend') =>
    query(
      own.url,
      `select ${how}(pid) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()`,
    )

  it('is unavailable before db.open() and after db.close()', async () => {
    const db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await assert.rejects(db.any(sql.unsafe`select 1`), unavailable)
    await db.open(own.url)
    assert.equal((await db.any(sql.unsafe`select 1`)).length, 1)
    await db.close()
    await assert.rejects(
      db.transaction(() => Promise.resolve()),
      unavailable,
    )
  })

  it('limits statements and idle transactions to 10 s', async () => {
    const db = await open()
    const settings = sql.type(row<{ statement: string; idle: string }>())`
      select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`
    assert.deepEqual(await db.one(settings), { statement: '10s', idle: '10s' })
  })

  it('refuses a statement at once if too many statements wait (security 87)', async () => {
    const db = await open()
    const napping = Array.from({ length: 10 }, () => db.query(nap).catch(() => undefined))
    await sleep(500) // until the statements have begun, so that they can be cancelled
    const waiting = Array.from({ length: 1000 }, () => db.one(sql.unsafe`select 1`).catch(() => undefined))
    const began = performance.now()
    await assert.rejects(db.one(sql.unsafe`select 1`), unavailable)
    assert.ok(performance.now() - began < 1000)
    await endNaps()
    await Promise.all([...napping, ...waiting])
  })

  it('fails a statement within 5 s while all ten connections are busy, then recovers', async () => {
    const db = await open()
    const naps = Promise.allSettled(Array.from({ length: 10 }, () => db.query(nap)))
    await sleep(300)
    const began = performance.now()
    await Promise.all(Array.from({ length: 20 }, () => assert.rejects(db.any(sql.unsafe`select 1`), unavailable)))
    const waited = performance.now() - began
    assert.ok(waited > 1000 && waited < 5000, `${waited} ms`)
    const waiting = db.any(sql.unsafe`select 1`)
    await endNaps()
    assert.equal((await waiting).length, 1)
    for (const nap of await naps) assert.ok(nap.status === 'rejected' && unavailable(nap.reason), nap.status)
  }).timeout(10_000)

  it('throws Problem unavailable if a statement runs or waits for a lock too long', async () => {
    const db = await open()
    const bounded = (statement: 'nap' | 'lock') =>
      db.transaction(async (transaction) => {
        await transaction.query(sql.unsafe`set local statement_timeout = '50ms'`)
        await transaction.query(statement === 'nap' ? nap : sql.unsafe`lock table users`)
      })
    await assert.rejects(bounded('nap'), unavailable)
    await db.transaction(async (transaction) => {
      await transaction.query(sql.unsafe`lock table users`)
      await assert.rejects(bounded('lock'), unavailable)
    })
    await bounded('lock')
    assert.equal((await db.any(sql.unsafe`select 1`)).length, 1)
  })

  it('ends a transaction that idles too long, and releases its locks', async () => {
    const db = await open()
    const idle = db.transaction(async (transaction) => {
      await transaction.query(sql.unsafe`set local idle_in_transaction_session_timeout = '50ms'`)
      await transaction.query(sql.unsafe`lock table users`)
      await sleep(300)
      await transaction.query(sql.unsafe`select from users`)
    })
    await assert.rejects(idle, unavailable)
    await db.query(sql.unsafe`select from users`)
  })

  it('gives up after 2 s if the server accepts a connection but never answers', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const db = createDatabase({ preparedStatements: true, onError: () => undefined })
    opened.push(db)
    const began = performance.now()
    try {
      const url = `postgres://nobody:x@127.0.0.1:${(silent.address() as AddressInfo).port}/nothing`
      const error: unknown = await db.open(url).catch((thrown: unknown) => thrown)
      assert.ok(unavailable(asUnavailable(error)), String(error))
      // The start waits and tries again if it gets this message.
      assert.match(explainConnectionError(error, url), /does not answer/)
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
    const waited = performance.now() - began
    assert.ok(waited > 1500 && waited < 5000, `${waited} ms`)
  })

  it('throws Problem unavailable if the connection is lost, and then recovers', async () => {
    const db = await open()
    const lost = assert.rejects(db.query(nap), unavailable)
    await sleep(200)
    await endNaps('pg_terminate_backend')
    await lost
    assert.equal((await db.any(sql.unsafe`select 1`)).length, 1)
  })

  it('rethrows an error unchanged if it is not a failure of the database', async () => {
    const db = await open()
    for (const statement of [sql.unsafe`select nothing`, sql.unsafe`insert into emails (address) values ('a@b.c')`]) {
      await assert.rejects(db.query(statement), (error) => !(error instanceof Problem))
    }
  })

  it('rolls back a transaction that throws, and retries a serialization failure', async () => {
    const db = await open()
    const claim = sql.unsafe`insert into emails (address, user_id) values ('undone@example.com', gen_random_uuid())`
    const failed = db.transaction(async (transaction) => {
      await transaction.query(claim)
      throw new Problem('code_invalid')
    })
    await assert.rejects(failed, (error) => error instanceof Problem && error.code === 'code_invalid')
    assert.equal(await db.maybeOne(findUserIdByAddress({ address: 'undone@example.com' })), null)
    let tries = 0
    const done = await db.transaction(async (transaction) => {
      const lose = sql.unsafe`do $$ begin raise exception using errcode = '40001'; end $$`
      if (++tries < 3) await transaction.query(lose)
      return 'done'
    })
    assert.deepEqual([done, tries], ['done', 3])
  })

  it('uses the connection again after a transaction that throws a Problem', async () => {
    const db = await open()
    const ask = sql.type(row<{ pid: number; setting: string | null }>())`
      select pg_backend_pid() as pid, current_setting('gatehouse.test', true) as setting`
    const { pid } = await db.one(ask)
    for (let time = 0; time < 3; time++) {
      const failed = db.transaction(async (transaction) => {
        await transaction.any(sql.unsafe`select set_config('gatehouse.test', 'set', true)`)
        assert.deepEqual(await transaction.one(ask), { pid, setting: 'set' })
        throw new Problem('code_invalid')
      })
      await assert.rejects(failed, (error) => error instanceof Problem && error.code === 'code_invalid')
      assert.deepEqual(await db.one(ask), { pid, setting: '' })
    }
  })

  for (const prepared of [true, false]) {
    it(`prepares ${prepared ? 'statements' : 'no statement'} with preparedStatements: ${prepared}`, async () => {
      const db = await open(prepared)
      const names = await db.transaction(async (transaction) => {
        for (const address of ['a', 'b']) await transaction.maybeOne(findUserIdByAddress({ address }))
        return transaction.any(sql.type(row<{ name: string }>())`select name from pg_prepared_statements`)
      })
      assert.deepEqual(names, prepared ? [{ name: 'findUserIdByAddress' }] : [])
    })
  }

  it('reads int8 as a number, and timestamptz as UTC text in any time zone', async () => {
    const db = await open()
    const read = await db.transaction(async (transaction) => {
      await transaction.query(sql.unsafe`set local time zone 'Asia/Kathmandu'`)
      return transaction.one(
        sql.unsafe`select 5::bigint as count, '2026-11-24T09:30:00.000001Z'::timestamptz as moment`,
      )
    })
    assert.deepEqual(read, { count: 5, moment: '2026-11-24T09:30:00.000001Z' })
  })
})
