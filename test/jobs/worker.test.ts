import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTransport, type Transport } from '../../src/mail/transport.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { mailConfig, createMailRoom, type MailRoom } from '../mail/support/mailRoom.ts'
import { startSmtpServer } from '../mail/support/smtpServer.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

describe('worker', () => {
  let room: MailRoom
  let server: Awaited<ReturnType<typeof startSmtpServer>>
  let transport: Transport
  let worker: { stop(): Promise<void> } | undefined

  beforeEach(async () => {
    room = await createMailRoom()
    server = await startSmtpServer()
    transport = createTransport({ mail: server.mail, mailFrom: 'noreply@example.com', dataDir: '/nonexistent' })
  })

  afterEach(async () => {
    await worker?.stop()
    worker = undefined
    await transport.close()
    await server.stop()
    await room.close()
  })

  async function start(through = transport): Promise<void> {
    worker = await startWorker({ url: room.url, db: room.db, tasks: sendingThrough(through), log })
  }

  const sendingThrough = (through: Transport) => ({
    deliver_mail: createSendMail({ db: room.db, config: mailConfig, transport: through, log }),
  })

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(50)
  }

  const jobs = () => room.query<{ locked_by: string | null }>('select locked_by from graphile_worker.jobs')
  const statusIs = (id: string, status: string) => async () => (await room.readMail(id)).status === status

  it('sends what waits and what comes, and leaves no job', async () => {
    await room.addUser()
    const waiting = await room.enqueue('restore')
    await start()
    await until(statusIs(waiting, 'sent'))
    const coming = await room.enqueue('restore')
    await until(statusIs(coming, 'sent'))
    await until(async () => (await jobs()).length === 0)
    assert.deepEqual(server.state.recipients, [['Stored-ann@example.com'], ['Stored-ann@example.com']])
  })

  it('tries again after 4xx, and keeps the Message-ID', async () => {
    server.state.refuseContent = { code: 451, text: 'later' }
    await room.addUser()
    const id = await room.enqueue('restore')
    await start()
    await until(async () => (await room.readMail(id)).last_error !== null)
    server.state.refuseContent = undefined
    await until(statusIs(id, 'sent'))
    assert.match(server.state.messages[0] ?? '', new RegExp(`^Message-ID: <${id}@accounts.example.com>`, 'm'))
  })

  it('shows a 5xx in the table and lets the job go', async () => {
    server.state.refuseRecipient = { code: 550, text: 'no such user' }
    await room.addUser()
    const id = await room.enqueue('restore')
    await start()
    await until(statusIs(id, 'failed'))
    assert.match((await room.readMail(id)).last_error ?? '', /550/)
    await until(async () => (await jobs()).length === 0)
  })

  it('outlives its connections, also while it sends', async () => {
    await room.addUser()
    const id = await room.enqueue('restore')
    let sending = 0
    await start({
      ...transport,
      async send(mail) {
        if (sending++ === 0) await terminateAll()
        await transport.send(mail)
      },
    })
    await until(statusIs(id, 'sent'))
    await terminateAll()
    const next = await room.enqueue('restore')
    await until(statusIs(next, 'sent'))
  })

  it('frees the jobs of a worker that died (F10)', async () => {
    await room.addUser()
    const dead = await room.enqueue('restore')
    const alive = await room.enqueue('restore')
    const lock = 'update graphile_worker._private_jobs set attempts = 1, locked_by = $1, locked_at = $2 where key = $3'
    await room.query(lock, ['pool-dead', new Date(Date.now() - 61_000), dead])
    await room.query(lock, ['pool-other', new Date(Date.now() - 30_000), alive])
    await start()
    await until(statusIs(dead, 'sent'))
    await until(async () => (await jobs()).length === 1)
    assert.deepEqual(await jobs(), [{ locked_by: 'pool-other' }])
    assert.equal((await room.readMail(alive)).status, 'queued')
  })

  it('stops in time while a server keeps it waiting, and gives the job back', async () => {
    await room.addUser()
    const id = await room.enqueue('restore')
    let sending = false
    await start({
      ...transport,
      send: (_mail, signal) =>
        new Promise((_resolve, reject) => {
          sending = true
          signal?.addEventListener('abort', () => {
            reject(new Error('aborted'))
          })
        }),
    })
    await until(() => Promise.resolve(sending))
    const began = Date.now()
    await worker?.stop()
    worker = undefined
    assert.ok(Date.now() - began < 9000)
    assert.deepEqual(await jobs(), [{ locked_by: null }])
    assert.equal((await room.readMail(id)).status, 'queued')
  })

  it('waits for a database that is not there', async () => {
    const url = new URL(room.url)
    url.pathname = '/absent'
    worker = await startWorker({ url: url.href, db: room.db, tasks: sendingThrough(transport), log })
    await delay(300)
  })

  async function terminateAll(): Promise<void> {
    await room.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'gatehouse-jobs' and datname = current_database()`)
  }
})
