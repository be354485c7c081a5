import assert from 'node:assert/strict'
import { eraseUser } from '../../src/domain/accounts/erasure.ts'
import { createCleanUp } from '../../src/jobs/cleanUp.ts'
import { DeliveryTimes } from '../../src/mail/deliveryTimes.ts'
import { findMissingMailbox } from '../../src/mail/missingMailbox.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'
import { startSmtpServer, type Reply } from './support/smtpServer.ts'

const address = 'ann@example.com'
const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

describe('suppressed addresses', () => {
  let room: MailRoom
  let user: string
  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(async () => {
    await room.query('truncate users, emails, mails, codes, suppressed_addresses')
    user = await room.addUser()
  })
  after(() => room.close())

  /** Sends a mail to a server that refuses every recipient. @returns the milliseconds, and the mail’s id */
  async function send(refuseRecipient: Reply | undefined, { kind = 'restore', usual = 0 } = {}) {
    const server = await startSmtpServer()
    server.state.refuseRecipient = refuseRecipient
    const transport = createTransport({ mail: server.mail, mailFrom: 'noreply@example.com', dataDir: '/nonexistent' })
    const deliveryTimes = new DeliveryTimes()
    deliveryTimes.add(usual)
    const task = createSendMail({ db: room.db, transport, config: mailConfig, log, deliveryTimes })
    const id = await room.enqueue(kind, address, kind === 'restore' ? null : user)
    await room.query('delete from graphile_worker._private_jobs')
    const began = performance.now()
    await task({ id }, { job: { attempts: 1, max_attempts: 25 }, abortSignal: new AbortController().signal })
    const took = performance.now() - began
    await transport.close()
    await server.stop()
    return { id, took, recipients: server.state.recipients.length }
  }
  const suppress = () => send({ code: 550, text: '5.1.1 <Ann@example.com> no such user' })
  const suppressed = () => room.query('select address, source, reason, diagnostic from suppressed_addresses')

  it('include an address without a mailbox, with a diagnostic that hides the address', async () => {
    await suppress()
    const diagnostic = "EENVELOPE: Can't send mail - all recipients were rejected: 550 5.1.1 <…> no such user"
    assert.deepEqual(await suppressed(), [{ address, source: 'smtp', reason: '5.1.1', diagnostic }])
  })

  it('get no mails: these are dropped, and the reason is stored', async () => {
    await suppress()
    for (const kind of ['restore', 'password_changed']) {
      const { id, recipients } = await send(undefined, { kind })
      assert.equal(recipients, 0)
      const { status, last_error } = await room.readMail(id)
      assert.deepEqual([status, last_error], ['dropped', 'the address is suppressed, because it has no mailbox'])
    }
  })

  it('do not include an address that was refused for another reason', async () => {
    for (const text of ['5.2.2 full', '5.7.1 policy', 'blocked as spam', 'mailbox quota exceeded'])
      await send({ code: 550, text })
    assert.deepEqual(await suppressed(), [])
  })

  it('are recognized by the enhanced status code, or by the reply if there is none', () => {
    for (const reply of [
      '550 5.1.1 x',
      '550 5.1.10 x',
      '553 5.1.3 x',
      '550 5.2.1 x',
      '550 unknown',
      '551 moved',
      '553 x',
    ])
      assert.ok(findMissingMailbox(reply), reply)
    for (const reply of [
      '550 5.7.1 x',
      '552 5.2.2 x',
      '552 x',
      '554 x',
      '550 5.1.8 x',
      '550 5.4.1 x',
      '550 relay denied',
      '',
    ])
      assert.equal(findMissingMailbox(reply), undefined, reply)
    assert.equal(findMissingMailbox('550 unknown user', '5.0.0'), '550')
    assert.equal(findMissingMailbox('550 5.1.1 unknown', '5.2.2'), undefined)
  })

  it('are deleted after 90 days', async () => {
    await suppress()
    const cleanUp = createCleanUp({ db: room.db, config: { loginLogRetention: 365 * 86_400 }, log })
    const run = () => cleanUp({}, { job: { attempts: 1, max_attempts: 1 }, abortSignal: new AbortController().signal })
    await room.query(`update suppressed_addresses set created_at = now() - interval '89 days'`)
    await run()
    assert.equal((await suppressed()).length, 1)
    await room.query(`update suppressed_addresses set created_at = now() - interval '91 days'`)
    await run()
    assert.deepEqual(await suppressed(), [])
  })

  describe('suppressed addresses of an erased user', () => {
    it('are deleted if mails of the user went to them, unless another user has them', async () => {
      await suppress()
      await room.addUser({ address: 'other@example.com' })
      for (const to of ['typo@example.com', 'other@example.com']) {
        await room.enqueue('confirm_email', to, user)
        await room.query(
          `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'dsn', '5.1.1', '')`,
          [to],
        )
      }
      await eraseUser(room.db, user, {})
      assert.deepEqual(
        (await suppressed()).map((row) => row['address'] as string),
        ['other@example.com'],
      )
    })

    it('are not suppressed again by the notice of the erasure', async () => {
      await eraseUser(room.db, user, {})
      const [notice] = await room.query<{ id: string }>(`select id from mails where kind = 'account_deleted'`)
      const { failAndSuppress } = await import('../../generated/queries.ts')
      const bounce = { id: String(notice?.id), source: 'smtp', reason: '5.1.1', diagnostic: '' }
      assert.equal(await room.db.maybeOne(failAndSuppress(bounce)), null)
      assert.deepEqual(await suppressed(), [])
    })
  })

  describe('the delay of a mail to a suppressed address (security 96)', () => {
    it('is as long as the delivery of a mail that is sent', async () => {
      await suppress()
      const { took } = await send(undefined, { usual: 300 })
      assert.ok(took >= 298, String(took))
    })
  })
})
