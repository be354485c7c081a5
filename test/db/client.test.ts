import assert from 'node:assert/strict'
import pg from 'pg'
import { poolConfig } from '../../src/db/clientConfig.ts'
import { errorCode, isOutage } from '../../src/db/errors.ts'
import { findFreePort } from '../../scripts/freePort.ts'
import { createTestDatabase } from '../support/database.ts'
import { OwnServer } from '../support/ownServer.ts'

describe('Client with several hosts in DATABASE_URL', function () {
  this.timeout(60_000)
  let servers: [OwnServer, OwnServer]
  let pool: pg.Pool

  before(async () => {
    servers = await Promise.all([OwnServer.start(), OwnServer.start()])
  })
  after(() => Promise.all(servers.map((server) => server.stop())))
  afterEach(() => pool.end())

  /** Sets whether a server accepts writes. A read-only server stands for a standby. */
  const setWritable = async (server: OwnServer, writable: boolean) => {
    await server.query(`alter system set default_transaction_read_only = ${writable ? 'off' : 'on'}`)
    await server.query('select pg_reload_conf()')
  }
  const createPool = (ports: number[]) => {
    const hosts = ports.map((port) => `localhost:${port}`).join(',')
    pool = new pg.Pool(poolConfig(`postgres://gh:pw@${hosts}/postgres`, { connectTimeout: 5000 }))
  }
  /** Returns the port of the server that a new connection of the pool uses. */
  const portOfNewConnection = async () => {
    const client = await pool.connect()
    const { rows } = await client.query<{ port: number }>('select inet_server_port() as port')
    client.release(true)
    return rows[0]?.port
  }

  it('uses the server that accepts writes, and follows it', async () => {
    const [one, two] = servers
    createPool([one.port, two.port])
    for (const [writable, readOnly] of [
      [one, two],
      [two, one],
    ] as const) {
      // prettier-ignore
      await setWritable(readOnly, false)
      await setWritable(writable, true)
      assert.equal(await portOfNewConnection(), writable.port)
    }
  })

  it('ignores a server that refuses connections', async () => {
    const [one] = servers
    await setWritable(one, true)
    createPool([await findFreePort(), one.port])
    assert.equal(await portOfNewConnection(), one.port)
  })

  it('reports an outage if no server accepts writes', async () => {
    for (const server of servers) await setWritable(server, false)
    createPool([...servers.map(({ port }) => port), await findFreePort()])
    await assert.rejects(portOfNewConnection(), (error) => isOutage(error) && errorCode(error) === '25006')
  })
})

describe('a Client whose query timed out', () => {
  it('is removed from its pool, also if it is released without an error', async () => {
    const { url, drop } = await createTestDatabase()
    const pool = new pg.Pool({ ...poolConfig(url, { connectTimeout: 5000, queryTimeout: 1000 }), max: 1 })
    pool.on('error', () => undefined) // The database may be dropped before the connection has closed.
    try {
      const client = await pool.connect()
      await assert.rejects(client.query('select pg_sleep(5)'), { message: 'Query read timeout' })
      client.release()
      assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }])
    } finally {
      await pool.end()
      await drop()
    }
  })
})
