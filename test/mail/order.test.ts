import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import type { SMTPServerOptions } from 'smtp-server'
import { enqueue } from '../../src/domain/mails/outbox.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { DeliveryTimes } from '../../src/mail/deliveryTimes.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'
import { startSmtpServer } from './support/smtpServer.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

describe('the mail queue', () => {
  let room: MailRoom
  let stop: (() => Promise<void>)[]
  beforeEach(async () => {
    room = await createMailRoom()
    stop = []
  })
  afterEach(async () => {
    for (const end of stop.reverse()) await end()
    await room.close()
  })

  async function start(options: SMTPServerOptions = {}) {
    const server = await startSmtpServer(options)
    stop.push(() => server.stop())
    const settings = { mailFrom: 'noreply@example.com', dataDir: '/nonexistent' }
    const transport = createTransport({ ...settings, mail: server.mail })
    const deliveryTimes = new DeliveryTimes()
    deliveryTimes.add(0)
    const task = createSendMail({ db: room.db, transport, config: mailConfig, log, deliveryTimes })
    const worker = await startWorker({ url: room.url, db: room.db, tasks: { deliver_mail: task }, log })
    stop.push(
      () => transport.close(),
      () => worker.stop(),
    )
    return server.state
  }
  const statusOf = async (address: string) =>
    (await room.query<{ status: string }>('select status from mails where address = $1', [address])).map(
      ({ status }) => status,
    )
  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await delay(20)
  }

  it('sends the mails to one recipient in their order, whatever the server’s delays', async () => {
    const user = await room.addUser()
    const ids: string[] = []
    for (let count = 0; count < 6; count++) ids.push(await room.enqueue('password_changed', 'ann@example.com', user))
    let begun = 0
    const state = await start({
      onRcptTo: (_address, _session, callback) => {
        // Earlier mails take longer.
        setTimeout(callback, 60 - 10 * begun++)
      },
    })
    await until(() => state.messages.length === 6)
    const order = await Promise.all(state.messages.map(async (text) => (await simpleParser(text)).messageId))
    assert.deepEqual(
      order,
      ids.map((id) => `<${id}@accounts.example.com>`),
    )
  })

  it('queues 90 jobs at most for 40 mails to one recipient', async () => {
    const user = await room.addUser()
    for (let count = 0; count < 40; count++) await room.enqueue('password_changed', 'ann@example.com', user)
    const state = await start()
    await until(() => state.messages.length === 40)
    // Every job that is queued takes a number from the sequence.
    const [jobs] = await room.query<{ last: string }>(
      `select last_value as last from pg_sequences
       where format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('graphile_worker._private_jobs', 'id')`,
    )
    assert.ok(Number(jobs?.last) <= 2 * 40 + 10, `${jobs?.last} jobs for 40 mails`)
  })

  it('sends a later mail to the same recipient before a mail that must be retried', async () => {
    const user = await room.addUser()
    const first = await room.enqueue('password_changed', 'ann@example.com', user)
    const second = await room.enqueue('password_changed', 'ann@example.com', user)
    let refused = 0
    await start({
      onRcptTo: (_address, _session, callback) => {
        callback(refused++ === 0 ? Object.assign(new Error('later'), { responseCode: 451 }) : null)
      },
    })
    await until(async () => (await room.readMail(second)).status === 'sent')
    assert.equal((await room.readMail(first)).status, 'queued')
  })

  it('sends other mails while the SMTP server stalls for six mails to one recipient', async () => {
    for (const name of ['slow', 'ann']) await room.addUser({ address: `${name}@example.com` })
    for (let count = 0; count < 6; count++) await enqueue(room.db, 'restore', 'slow@example.com')
    let stalled = 0
    const state = await start({
      onRcptTo: ({ address }, _session, callback) => {
        if (address.includes('slow')) stalled++
        else callback()
      },
    })
    await until(() => stalled > 0)
    await enqueue(room.db, 'restore', 'ann@example.com')
    await until(() => state.messages.length === 1)
    assert.equal(stalled, 1)
    assert.deepEqual(await statusOf('slow@example.com'), Array(6).fill('queued'))
  })

  it('sends other mails despite malformed jobs and mails that cannot be composed', async () => {
    const user = await room.addUser()
    await room.addUser({ address: 'ben@example.com' })
    const poison = await room.enqueue('password_changed', 'ann@example.com', user)
    // A kind of a later release, which this one does not know.
    await room.query('alter table mails drop constraint mails_kind_check')
    await room.query(`update mails set kind = 'unknown_kind' where id = $1`, [poison])
    for (const payload of ['{}', '[]', '"x"', '{"id":7}', '{"id":"not a UUID"}'])
      await room.query(`select graphile_worker.add_job('deliver_mail', $1::json)`, [payload])
    const [after, other] = [
      await room.enqueue('password_changed', 'ann@example.com', user),
      await room.enqueue('restore', 'ben@example.com'),
    ]
    await start()
    for (const id of [after, other]) await until(async () => (await room.readMail(id)).status === 'sent')
    await until(async () => (await room.readMail(poison)).last_error !== null)
    const { status, last_error } = await room.readMail(poison)
    assert.deepEqual([status, last_error], ['queued', 'No mail is known for the kind unknown_kind'])
    await until(async () => (await room.query('select from graphile_worker.jobs')).length === 1)
  })
})
