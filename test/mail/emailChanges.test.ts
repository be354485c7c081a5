import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { OutgoingMail } from '../../src/mail/message.ts'
import { createMailRoom, type MailRoom } from './support/mailRoom.ts'
import { createTask } from './support/task.ts'

describe('the mails of an email change', () => {
  let room: MailRoom
  let task: ReturnType<typeof createTask>
  let user: string
  const run = (id: string, attempts?: number) => task.run(id, attempts)

  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(async () => {
    task = createTask(room)
    await room.query('truncate users, emails, email_changes, mails, codes')
    user = await room.addUser()
  })
  after(async () => {
    await room.close()
  })

  /** Inserts a change from ann@example.com, which is pending unless it is confirmed or undone. @returns its id */
  async function addChange({ confirmed = false, undone = false } = {}): Promise<string> {
    const id = uuidv7()
    await room.query(
      `insert into email_changes (user_id, id, address, email, requested_at) values ($1, $2, 'new@example.com', 'New@example.com', '2026-03-05 09:07+00')`,
      [user, id],
    )
    if (confirmed) {
      await room.query(
        `update email_changes set old_address = 'ann@example.com', old_email = 'Ann@example.com', confirmed_at = '2026-03-05 09:08+00',
           undone_at = case when $2 then now() end where id = $1`,
        [id, undone],
      )
    }
    return id
  }

  const enqueueConfirmation = (about: string) => room.enqueue('confirm_email', 'new@example.com', user, about)
  const enqueueNotice = (about: string) => room.enqueue('email_changed', 'ann@example.com', user, about)

  async function codesOf(mail: string) {
    return room.query<{ hash: Buffer; purpose: string; about: string }>(
      'select hash, purpose, about from codes where mail_id = $1',
      [mail],
    )
  }
  const hashIn = (mail?: OutgoingMail) =>
    createHash('sha256')
      .update(Buffer.from(/code=([\w-]{47}[A-Za-z0-9])$/m.exec(mail?.text ?? '')?.[1] ?? '', 'base64url'))
      .digest()

  it('contain a code and the time, and go to the new address (confirm_email)', async () => {
    const about = await addChange()
    const id = await enqueueConfirmation(about)
    const mail = await run(id)
    assert.equal(mail?.name, 'confirmEmail')
    assert.equal(mail.to, 'New@example.com')
    assert.match(mail.text, /^https:\/\/accounts\.example\.com\/account\/confirm-email\/\?code=[\w-]{47}[A-Za-z0-9]$/m)
    assert.match(mail.text, /On 5 March 2026 at 09:07 UTC you asked to use this address/)
    assert.deepEqual(await codesOf(id), [{ hash: hashIn(mail), purpose: 'confirm_email', about }])
  })

  it('go to the former address with an undo code, even if suspended (email_changed)', async () => {
    const about = await addChange({ confirmed: true })
    await room.query(`update users set is_active = false, language = 'ru'`)
    const id = await enqueueNotice(about)
    const mail = await run(id)
    assert.equal(mail?.name, 'emailChanged')
    assert.equal(mail.language, 'ru')
    assert.equal(mail.to, 'Ann@example.com')
    assert.match(mail.text, /^https:\/\/accounts\.example\.com\/account\/undo-email\/\?code=[\w-]{47}[A-Za-z0-9]$/m)
    assert.match(mail.text, /5 марта 2026 г\. в 09:08 UTC/)
    assert.deepEqual(await codesOf(id), [{ hash: hashIn(mail), purpose: 'undo_email', about }])
  })

  it('have the same Message-ID if repeated, and earlier attempts’ codes stay valid', async () => {
    for (const id of [
      await enqueueConfirmation(await addChange()),
      await enqueueNotice(await addChange({ confirmed: true })),
    ]) {
      task.state.beforeSending = () => Promise.reject(new Error('no connection'))
      await assert.rejects(run(id))
      const [lost] = await codesOf(id)
      task.state.beforeSending = () => undefined
      const mail = await run(id, 2)
      assert.equal(mail?.messageId, `<${id}@accounts.example.com>`)
      const hashes = (await codesOf(id)).map(({ hash }) => hash.toString('hex')).sort()
      assert.deepEqual(hashes, [lost?.hash.toString('hex'), hashIn(mail).toString('hex')].sort())
    }
  })

  it('contain an undo code each, in whatever order they are sent', async () => {
    const mails: string[] = []
    for (let change = 0; change < 3; change++) mails.push(await enqueueNotice(await addChange({ confirmed: true })))
    // Without their jobs, the notices do not wait for one another.
    await room.query('delete from graphile_worker._private_jobs')
    for (const id of [mails[1], mails[0], mails[2]]) assert.ok(await run(String(id)))
    for (const id of mails) assert.equal((await codesOf(id)).length, 1)
  })

  const dropped: [string, string, () => Promise<string>][] = [
    ['confirm_email', 'of a superseded change', async () => enqueueConfirmation(uuidv7())],
    ['confirm_email', 'of a confirmed change', async () => enqueueConfirmation(await addChange({ confirmed: true }))],
    ['confirm_email', 'that names no change', async () => room.enqueue('confirm_email', 'new@example.com', user)],
    [
      'confirm_email',
      'that names no user',
      async () => room.enqueue('confirm_email', 'new@example.com', null, uuidv7()),
    ],
    [
      'confirm_email',
      'of a suspended user',
      async () => {
        await room.query('update users set is_active = false')
        return enqueueConfirmation(await addChange())
      },
    ],
    [
      'confirm_email',
      'to the address of another user',
      async () => {
        await room.addUser({ address: 'new@example.com' })
        return enqueueConfirmation(await addChange())
      },
    ],
    [
      'confirm_email',
      'to an address held for another user',
      async () => {
        await room.addUser({ address: 'new@example.com' })
        await hold(`now() + interval '1 minute'`)
        return enqueueConfirmation(await addChange())
      },
    ],
    ['email_changed', 'of an unconfirmed change', async () => enqueueNotice(await addChange())],
    [
      'email_changed',
      'of an undone change',
      async () => enqueueNotice(await addChange({ confirmed: true, undone: true })),
    ],
    ['email_changed', 'that names no change', async () => room.enqueue('email_changed', 'ann@example.com', user)],
  ]
  for (const [kind, which, prepare] of dropped) {
    it(`are dropped without a code: a mail ${which} (${kind})`, async () => {
      const id = await prepare()
      assert.equal(await run(id), undefined)
      assert.equal((await room.readMail(id)).status, 'dropped')
      assert.deepEqual(await codesOf(id), [])
    })
  }

  async function hold(until: string): Promise<void> {
    await room.query(`update emails set kind = 'held', held_until = ${until} where address = 'new@example.com'`)
  }

  it('go to an address held for the same user, or held no longer (confirm_email)', async () => {
    await room.addUser({ address: 'new@example.com' })
    await hold(`now() - interval '1 second'`)
    assert.ok(await run(await enqueueConfirmation(await addChange())))
    await hold(`now() + interval '1 minute'`)
    await room.query(`update emails set user_id = $1 where address = 'new@example.com'`, [user])
    assert.ok(await run(await enqueueConfirmation(await addChange())))
  })

  it('do not include activation and restore, which a held address never receives', async () => {
    await room.query('truncate registrations')
    await room.query(`update emails set kind = 'held', held_until = now() + interval '1 minute'`)
    for (let round = 0; round < 2; round++) {
      for (const kind of ['activation', 'restore']) {
        const id = await room.enqueue(kind)
        assert.equal(await run(id), undefined)
        assert.equal((await room.readMail(id)).status, 'dropped')
      }
      await room.addRegistration()
    }
    await room.query(`update emails set held_until = now() - interval '1 second'`)
    assert.equal((await run(await room.enqueue('activation')))?.name, 'signUp')
  })
})
