import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { eraseUser } from '../../src/domain/accounts/erasure.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { rounds } from '../support/rounds.ts'
import { mailConfig, createMailRoom, type MailRoom } from './support/mailRoom.ts'
import { startSmtpServer } from './support/smtpServer.ts'
import { createTask } from './support/task.ts'

const address = 'ann@example.com'

describe('the mails of an erased user', () => {
  let room: MailRoom
  let task: ReturnType<typeof createTask>
  let user: string

  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(async () => {
    task = createTask(room)
    await room.query('truncate users, emails, registrations, mails, codes, security_events')
    await room.query(
      `select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs having count(*) > 0`,
    )
    user = await room.addUser()
  })
  after(() => room.close())

  const erase = () => eraseUser(room.db, user, {})
  const rows = async () => {
    const counts: Record<string, number> = {}
    counts['mails'] = (await room.query(`select from mails where kind <> 'account_deleted'`)).length
    counts['codes'] = (await room.query('select from codes')).length
    return counts
  }
  const nothing = { mails: 0, codes: 0 }

  it('are not sent if they are still queued', async () => {
    const requested = [await room.enqueue('restore'), await room.enqueue('password_changed', address, user)]
    await erase()
    assert.deepEqual(await rows(), nothing)
    for (const id of requested) assert.equal(await task.run(id), undefined)
    assert.deepEqual(await rows(), nothing)
  })

  it('leave no records if they were being sent during the erasure', async () => {
    const id = await room.enqueue('restore')
    task.state.beforeSending = async () => {
      assert.deepEqual(await rows(), { mails: 1, codes: 1 })
      await erase()
    }
    assert.equal((await task.run(id))?.id, id)
    assert.deepEqual(await rows(), nothing)
  })

  it('are not sent again if sending fails during the erasure', async () => {
    for (const responseCode of [451, 550]) {
      user = await room.addUser({ address: `${responseCode}@example.com` })
      const id = await room.enqueue('restore', `${responseCode}@example.com`)
      task.state.beforeSending = async () => {
        await erase()
        throw Object.assign(new Error('no'), { code: 'EENVELOPE', command: 'RCPT TO', responseCode })
      }
      if (responseCode === 451) await assert.rejects(task.run(id))
      else await task.run(id)
      task.state.beforeSending = () => undefined
      assert.equal(await task.run(id, 2), undefined)
      assert.deepEqual(await rows(), nothing)
    }
  })

  it('leave no records if they are composed during the erasure', async () => {
    for (let round = 0; round < rounds; round++) {
      user = await room.addUser({ address: `${round}@example.com` })
      const requested = [
        await room.enqueue('restore', `${round}@example.com`),
        await room.enqueue('password_changed', `${round}@example.com`, user),
        await room.enqueue('activation', `${round}@example.com`),
      ]
      await Promise.all([...requested.map((id) => task.run(id)), delay(Math.random() * 10).then(erase)])
      assert.deepEqual(await rows(), nothing)
    }
    assert.ok(task.state.sent.length > 0)
    await delay(1500) // PostgreSQL counts deadlocks with a delay
    const counted = 'select deadlocks::integer from pg_stat_database where datname = current_database()'
    assert.deepEqual(await room.query(counted), [{ deadlocks: 0 }])
  })

  it('are dropped without their address if they are requested after the erasure', async () => {
    await erase()
    for (const kind of ['restore', 'activation']) await task.run(await room.enqueue(kind))
    assert.deepEqual(task.state.sent, [])
    const dropped = { status: 'dropped', address: '', user_id: null }
    const mails = await room.query(`select status, address, user_id from mails where kind <> 'account_deleted'`)
    assert.deepEqual(mails, [dropped, dropped])
  })

  it('are deleted with the user who had the address when they were sent', async () => {
    await task.run(await room.enqueue('restore'))
    assert.deepEqual(await room.query('select user_id from mails'), [{ user_id: user }])
    await room.query('delete from emails')
    await room.addUser()
    await erase()
    assert.deepEqual(await rows(), nothing)
  })

  it('leave no address from an SMTP error in the queue or the log', async () => {
    const server = await startSmtpServer()
    server.state.refuseRecipient = {
      code: 451,
      text: `<Stored-${address}>: Ann@Example.com is over quota, ask post@example.com`,
    }
    const transport = createTransport({ mail: server.mail, mailFrom: 'noreply@example.com', dataDir: '/nonexistent' })
    const lines: string[] = []
    const note = (fields: object, message: string) => lines.push(JSON.stringify(fields) + message)
    const log = { debug: note, info: note, warn: note, error: note }
    const tasks = { deliver_mail: createSendMail({ db: room.db, transport, config: mailConfig, log }) }
    const worker = await startWorker({ url: room.url, db: room.db, tasks, log })
    try {
      await room.enqueue('restore')
      const failed = () =>
        room.query<{ job: string }>(
          'select j::text as job from graphile_worker._private_jobs j where last_error is not null',
        )
      while ((await failed()).length === 0) await delay(50)
      await erase()
      const [{ job } = { job: '' }] = await failed()
      assert.match(job, /451.*over quota/)
      assert.doesNotMatch(job, /@|ann/i)
      assert.match(lines.join(), /over quota/)
      assert.doesNotMatch(lines.join(), /@example|ann/i)
    } finally {
      await worker.stop()
      await transport.close()
      await server.stop()
    }
  })
})
