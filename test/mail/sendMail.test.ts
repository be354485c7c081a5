import assert from 'node:assert/strict'
import { createMailRoom, type MailRoom } from './support/mailRoom.ts'
import { createTask } from './support/task.ts'

describe('sendMail', () => {
  let room: MailRoom
  let task: ReturnType<typeof createTask>
  const run = (id: string, attempts?: number) => task.run(id, attempts)

  before(async () => {
    room = await createMailRoom()
  })

  beforeEach(async () => {
    task = createTask(room)
    await room.query('truncate users, emails, registrations, mails, codes, suppressed_addresses')
  })

  after(async () => {
    await room.close()
  })

  it('sends a mail once even if its job runs twice', async () => {
    await room.addUser()
    const id = await room.enqueue('restore')
    await run(id)
    await run(id)
    assert.equal(task.state.sent.length, 1)
  })

  it('commits the code before it sends the mail, and sends outside any transaction', async () => {
    await room.addUser()
    const id = await room.enqueue('restore')
    task.state.beforeSending = async () => {
      assert.equal((await room.query('select 1 from codes')).length, 1)
      const open =
        "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
      assert.deepEqual(await room.query(open), [])
    }
    await run(id)
    assert.equal((await room.readMail(id)).status, 'sent')
  })

  it('keeps the Message-ID and all codes of a mail that it repeats after a 4xx reply', async () => {
    await room.addUser()
    const id = await room.enqueue('restore')
    const seen: string[] = []
    task.state.beforeSending = () => {
      throw Object.assign(new Error('451 later'), { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 })
    }
    await assert.rejects(run(id), /451 later/)
    const { status, last_error, attempts } = await room.readMail(id)
    assert.deepEqual([status, last_error, attempts], ['queued', 'EENVELOPE: 451 later', 1])
    task.state.beforeSending = () => undefined
    seen.push((await run(id, 2))?.messageId ?? '')
    assert.deepEqual(seen, [`<${id}@accounts.example.com>`])
    assert.equal((await room.query('select 1 from codes')).length, 2)
    const after = await room.readMail(id)
    assert.deepEqual([after.status, after.last_error, after.attempts], ['sent', null, 2])
  })

  it('marks a mail as failed after a 5xx reply and after the last attempt', async () => {
    await room.addUser()
    for (const [responseCode, attempts] of [
      [451, 25],
      [550, 1], // comes last, because it suppresses the address
    ] as const) {
      task.state.beforeSending = () => {
        throw Object.assign(new Error(`${responseCode} no`), { code: 'EENVELOPE', command: 'RCPT TO', responseCode })
      }
      const id = await room.enqueue('restore')
      await run(id, attempts)
      const { status, last_error } = await room.readMail(id)
      assert.deepEqual([status, last_error], ['failed', `EENVELOPE: ${responseCode} no`])
    }
  })

  it('voids the codes that earlier requests mailed', async () => {
    await room.addUser()
    const first = await run(await room.enqueue('restore'))
    const second = await run(await room.enqueue('restore'))
    assert.ok(first && second)
    assert.deepEqual(await room.query('select mail_id from codes'), [{ mail_id: second.id }])
  })
})
