import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTransport, type Transport } from '../../src/mail/transport.ts'
import { defaultOptions, startWorker } from '../../src/jobs/worker.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { mailConfig, createMailRoom, type MailRoom } from '../mail/support/mailRoom.ts'
import { startSmtpServer } from '../mail/support/smtpServer.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const quick = { pollInterval: 100, restartDelay: 200, abortAfter: 300 }

describe('the worker', () => {
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
    worker = await startWorker({ url: room.url, db: room.db, tasks: sendingThrough(through), log }, quick)
  }

  const sendingThrough = (through: Transport) => ({
    deliver_mail: createSendMail({ db: room.db, config: mailConfig, transport: through, log }),
  })

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(50)
  }

  const jobs = () => room.query<{ locked_by: string | null }>('select locked_by from graphile_worker.jobs')
  const statusIs = (id: string, status: string) => async () => (await room.readMail(id)).status === status

  /** Makes a retry due now, instead of after 2.7 s. @returns whether the job waited for a retry */
  async function bringRetryForward(id: string): Promise<boolean> {
    const rows = await room.query<{ attempts: number }>(
      `update graphile_worker._private_jobs set run_at = now()
      where key = $1 and locked_by is null and attempts = 1 and run_at > now() returning attempts`,
      [id],
    )
    return rows.length === 1
  }

  it('sends mails that were queued before and after its start, and leaves no job', async () => {
    await room.addUser()
    const waiting = await room.enqueue('restore')
    await start()
    await until(statusIs(waiting, 'sent'))
    const coming = await room.enqueue('restore')
    await until(statusIs(coming, 'sent'))
    await until(async () => (await jobs()).length === 0)
    assert.deepEqual(server.state.recipients, [['Stored-ann@example.com'], ['Stored-ann@example.com']])
  })

  it('repeats a delivery after a 4xx reply, with the same Message-ID', async () => {
    server.state.refuseContent = { code: 451, text: 'later' }
    await room.addUser()
    const id = await room.enqueue('restore')
    await start()
    await until(async () => (await room.readMail(id)).last_error !== null)
    server.state.refuseContent = undefined
    await until(() => bringRetryForward(id))
    await until(statusIs(id, 'sent'))
    assert.match(server.state.messages[0] ?? '', new RegExp(`^Message-ID: <${id}@accounts.example.com>`, 'm'))
  })

  it('records a 5xx reply as the error of the mail, and ends the job', async () => {
    server.state.refuseRecipient = { code: 550, text: 'no such user' }
    await room.addUser()
    const id = await room.enqueue('restore')
    await start()
    await until(statusIs(id, 'failed'))
    assert.match((await room.readMail(id)).last_error ?? '', /550/)
    await until(async () => (await jobs()).length === 0)
  })

  it('continues after its connections are terminated, even during a delivery', async () => {
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

  it('starts another graphile-worker runner if one shuts down and does not end', async () => {
    const ends: (() => void)[] = []
    let isFailing = true
    const sending: Transport = {
      ...transport,
      async send(mail) {
        if (isFailing)
          await new Promise((_resolve, reject) =>
            ends.push(() => {
              reject(new Error('refused'))
            }),
          )
        await transport.send(mail)
      },
    }
    let failures = 0
    const counting = {
      ...log,
      warn(fields: object) {
        if (JSON.stringify(fields).includes('Failed to fail jobs')) failures++
      },
    }
    const tasks = sendingThrough(sending)
    worker = await startWorker({ url: room.url, db: room.db, tasks, log: counting }, { ...quick, stopTimeout: 1000 })
    const ids: string[] = []
    for (const address of ['a@example.com', 'b@example.com', 'c@example.com']) {
      await room.addUser({ address })
      ids.push(await room.enqueue('restore', address))
    }
    await until(() => Promise.resolve(ends.length === 3))
    await refuseFailures()
    isFailing = false
    for (const end of ends.slice(1)) end() // the first task goes on
    await until(() => Promise.resolve(failures > 0))
    await delay(300)
    await room.query('drop function refuse cascade')
    await room.query('update graphile_worker._private_jobs set locked_by = null, locked_at = null, run_at = now()')
    await until(async () =>
      (await Promise.all(ids.map((id) => room.readMail(id)))).some(({ status }) => status === 'sent'),
    )
    ends[0]?.()
  })

  /** Lets the statement with which graphile-worker records a failed task fail, as it does in a read-only database. */
  async function refuseFailures(): Promise<void> {
    await room.query(`create function refuse() returns trigger language plpgsql as
      $$begin raise exception 'cannot execute UPDATE in a read-only transaction' using errcode = '25006'; end$$`)
    await room.query(`create trigger refuse before update of last_error on graphile_worker._private_jobs
      for each row execute function refuse()`)
  }

  it('releases the jobs of a worker that has sent no heartbeat for a minute', async () => {
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

  it('aborts a long delivery when it stops, and releases the job', async () => {
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
    const elapsed = Date.now() - began
    assert.ok(elapsed >= quick.abortAfter && elapsed < quick.abortAfter + 3000, `${elapsed} ms`)
    assert.deepEqual(await jobs(), [{ locked_by: null }])
    assert.equal((await room.readMail(id)).status, 'queued')
  })

  it('stops within 9 s by default, and aborts its tasks before that time', () => {
    const { abortAfter, stopTimeout, closeTimeout } = defaultOptions
    assert.ok(abortAfter < stopTimeout)
    assert.ok(stopTimeout + closeTimeout <= 9000)
  })

  it('waits if the database does not exist yet', async () => {
    const url = new URL(room.url)
    url.pathname = '/absent'
    worker = await startWorker({ url: url.href, db: room.db, tasks: sendingThrough(transport), log }, quick)
    await delay(300)
  })

  async function terminateAll(): Promise<void> {
    await room.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'gatehouse-jobs' and datname = current_database()`)
  }
})
