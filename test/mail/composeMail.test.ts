import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { OutgoingMail } from '../../src/mail/message.ts'
import { createMailRoom, type MailRoom } from './support/mailRoom.ts'
import { createTask } from './support/task.ts'

describe('composeMail', () => {
  let room: MailRoom
  let task: ReturnType<typeof createTask>
  const run = (id: string, attempts?: number) => task.run(id, attempts)

  before(async () => {
    room = await createMailRoom()
  })

  beforeEach(async () => {
    task = createTask(room)
    await room.query('truncate users, emails, registrations, mails, codes')
  })

  after(async () => {
    await room.close()
  })

  async function assertHashed(mail: OutgoingMail, purpose: string): Promise<void> {
    const code = /code=([\w-]+)/.exec(mail.text)?.[1] ?? ''
    const hash = createHash('sha256').update(Buffer.from(code, 'base64url')).digest()
    const rows = await room.query('select purpose from codes where hash = $1 and mail_id = $2', [hash, mail.id])
    assert.deepEqual(rows, [{ purpose }])
  }

  it('sends the activation code of the registration that the job names', async () => {
    const first = await room.addRegistration({ language: 'ru' })
    await room.addRegistration()
    const id = await room.enqueue('activation', 'ann@example.com', first)
    const mail = await run(id)
    assert.equal(mail?.name, 'activation')
    assert.equal(mail.language, 'ru')
    assert.equal(mail.to, 'Given-ann@example.com')
    assert.match(
      mail.text,
      /^https:\/\/accounts\.example\.com\/api\/v1\/users\/activate\/\?code=[\w-]{47}[A-Za-z0-9]$/m,
    )
    assert.match(mail.text, /^Устройство: Firefox\nIP-адрес: 192\.0\.2\.7$/m)
    assert.equal(mail.messageId, `<${id}@accounts.example.com>`)
    await assertHashed(mail, 'activate')
    assert.deepEqual(await room.query('select user_id from codes'), [{ user_id: first }])
    const { status, attempts, sent_at } = await room.readMail(id)
    assert.deepEqual([status, attempts, sent_at instanceof Date], ['sent', 1, true])
  })

  describe('an address that has only registrations (security 89)', () => {
    for (const kind of ['activation', 'restore'])
      it(`gets a mail with a recovery code (${kind})`, async () => {
        const first = await room.addRegistration({ language: 'ru' })
        await room.query("update registrations set created_at = now() - interval '1 hour'")
        await room.addRegistration()
        const mail = await run(await room.enqueue(kind))
        assert.equal(mail?.name, 'signUp')
        assert.equal(mail.language, 'ru')
        assert.equal(mail.to, 'ann@example.com') // the normalized address, not as a registration spells it
        assert.match(
          mail.text,
          /^https:\/\/accounts\.example\.com\/account\/restore-password\/\?code=[\w-]{47}[A-Za-z0-9]$/m,
        )
        await assertHashed(mail, 'restore')
        await room.addRegistration()
        await run(await room.enqueue(kind))
        const codes = await room.query('select user_id, purpose from codes')
        assert.deepEqual(codes, [{ user_id: first, purpose: 'restore' }], 'the newer code is the only one')
      })

    it('gets no code for a registration that expires before the code does', async () => {
      await room.addRegistration()
      await room.query(
        "update registrations set created_at = now() - interval '7 days', expires_at = now() + interval '1 minute'",
      )
      const younger = await room.addRegistration()
      await run(await room.enqueue('restore'))
      assert.deepEqual(await room.query('select user_id from codes'), [{ user_id: younger }])
    })
  })

  it('notifies the owner of a taken address, and deletes the registration (activation)', async () => {
    await room.addUser({ language: 'ru' })
    const registration = await room.addRegistration()
    const mail = await run(await room.enqueue('activation', 'ann@example.com', registration))
    assert.equal(mail?.name, 'accountExists')
    assert.equal(mail.to, 'Stored-ann@example.com')
    assert.equal(mail.language, 'ru')
    assert.deepEqual(await room.query('select 1 from registrations'), [])
    assert.deepEqual(await room.query('select 1 from codes'), [])
  })

  it('sends to the stored spelling of an active user’s address (restore)', async () => {
    await room.addUser()
    const mail = await run(await room.enqueue('restore'))
    assert.equal(mail?.name, 'restore')
    assert.equal(mail.to, 'Stored-ann@example.com')
    assert.match(
      mail.text,
      /^https:\/\/accounts\.example\.com\/account\/restore-password\/\?code=[\w-]{47}[A-Za-z0-9]$/m,
    )
    await assertHashed(mail, 'restore')
  })

  it('sends to the address that the user had when it was queued (password_changed)', async () => {
    const user = await room.addUser()
    const id = await room.enqueue('password_changed', 'old@example.com', user)
    await room.query("update mails set created_at = '2026-03-05 09:07+00'")
    const mail = await run(id)
    assert.equal(mail?.name, 'passwordChanged')
    assert.equal(mail.to, 'old@example.com')
    assert.match(mail.text, /5 March 2026 at 09:07 UTC/)
    assert.deepEqual(await room.query('select 1 from codes'), [])
  })

  const dropped: [string, string, () => Promise<unknown>][] = [
    ['activation', 'for an unknown address', () => Promise.resolve()],
    ['restore', 'for an unknown address', () => Promise.resolve()],
    ['password_changed', 'for an unknown address', () => Promise.resolve()],
    ['activation', 'for a suspended user', () => room.addUser({ isActive: false })],
    ['restore', 'for a suspended user', () => room.addUser({ isActive: false })],
    [
      'activation',
      'for an expired registration',
      async () => {
        await room.addRegistration()
        await room.query('update registrations set expires_at = now()')
      },
    ],
  ]
  for (const [kind, which, prepare] of dropped) {
    it(`drops a mail ${which} (${kind})`, async () => {
      await prepare()
      const id = await room.enqueue(kind)
      assert.equal(await run(id), undefined)
      assert.equal((await room.readMail(id)).status, 'dropped')
    })
  }

  it('drops a mail for a registration that was activated in the meantime', async () => {
    const user = await room.addUser()
    const id = await room.enqueue('activation', 'ann@example.com', user)
    assert.equal(await run(id), undefined)
    assert.equal((await room.readMail(id)).status, 'dropped')
  })
})
