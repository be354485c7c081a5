import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createMailRoom, type MailRoom } from './support/mailRoom.ts'
import { createTask } from './support/task.ts'

describe('the mail about a new device', () => {
  let room: MailRoom
  let userId: string
  const sessionId = randomUUID()
  before(async () => {
    room = await createMailRoom()
  })
  after(() => room.close())
  beforeEach(async () => {
    await room.query('truncate users, emails, mails, sessions')
    userId = await room.addUser()
    await room.query(
      `insert into sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent)
       values ($1, $2, '2026-03-05 09:07+00', now(), now(), '192.0.2.7', 'Firefox/145.0 http://evil.test')`,
      [userId, sessionId],
    )
  })

  const send = async (session: string | null = sessionId, user: string | null = userId) => {
    const id = await room.enqueue('new_device', 'old@example.com', user, session)
    const mail = await createTask(room).run(id)
    return { mail, status: (await room.readMail(id)).status }
  }

  it('describes the session without a code, and goes to the address at the sign-in', async () => {
    const { mail } = await send()
    assert.equal(mail?.name, 'newDevice')
    assert.equal(mail.to, 'old@example.com')
    assert.match(mail.text, /^Time: 5 March 2026 at 09:07 UTC\nDevice: Firefox\nIP address: 192\.0\.2\.7$/m)
    assert.doesNotMatch(mail.text + mail.html, /http:|evil\.test/) // the User-Agent of the session contains a link
    assert.deepEqual(await room.query('select 1 from codes'), [])
  })

  it('is sent even if the session has ended in the meantime', async () => {
    await room.query('update sessions set ended_at = now()')
    assert.equal((await send()).status, 'sent')
  })

  it('is dropped if the user or the session does not exist', async () => {
    assert.equal((await send(null)).status, 'dropped')
    assert.equal((await send(sessionId, null)).status, 'dropped')
    assert.equal((await send(randomUUID())).status, 'dropped')
    await room.query('delete from users')
    assert.equal((await send()).status, 'dropped')
  })
})
