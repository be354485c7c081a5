import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { enqueue, type MailKind } from '../../src/domain/mails/outbox.ts'
import { defaultOptions, startWorker } from '../../src/jobs/worker.ts'
import type { OutgoingMail } from '../../src/mail/message.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** How many mails one worker delivers at the same time. */
const { concurrency } = defaultOptions

describe('the queue of mails (security 91)', () => {
  let room: MailRoom
  let worker: { stop(): Promise<void> } | undefined
  /** The recipients of the mails, in the order in which their deliveries began. */
  let begun: string[]

  beforeEach(async () => {
    room = await createMailRoom()
    begun = []
  })
  afterEach(async () => {
    await worker?.stop()
    worker = undefined
    await room.close()
  })

  /** @param sending the milliseconds of a delivery, which must be long compared with the statements before it */
  async function start(sending = 100): Promise<void> {
    const transport = {
      async send({ to }: OutgoingMail) {
        begun.push(to)
        await delay(sending)
      },
    }
    const tasks = { deliver_mail: createSendMail({ db: room.db, config: mailConfig, transport, log }) }
    worker = await startWorker({ url: room.url, db: room.db, tasks, log })
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await delay(10)
  }

  const recover = (address: string, cause: string) => enqueue(room.db, 'restore', address, null, null, cause)

  it('delivers a recovery mail before 61 waiting notices', async () => {
    const victim = await room.addUser({ address: 'victim@example.com' })
    for (let count = 0; count < 61; count++) {
      const user = await room.addUser({ address: `user${count}@example.com` })
      await enqueue(room.db, 'password_changed', `user${count}@example.com`, user)
    }
    await start()
    await until(() => begun.length >= concurrency)
    await recover('victim@example.com', victim)
    const waiting = begun.length
    await until(() => begun.includes('Stored-victim@example.com'))
    const before = begun.indexOf('Stored-victim@example.com') - waiting
    assert.ok(before <= concurrency, `${before} notices went before it`)
  })

  it('delivers every mail with a code before notices', async () => {
    const priorities = async (kinds: MailKind[]) => {
      for (const kind of kinds) await enqueue(room.db, kind, `${kind}@example.com`)
      const rows = await room.query<{ kind: string }>(
        `select m.kind from graphile_worker.jobs j join mails m on m.id::text = j.key order by j.priority, j.run_at`,
      )
      return rows.map(({ kind }) => kind)
    }
    const order = await priorities([
      ...(['password_changed', 'new_device', 'new_devices'] as const),
      ...(['activation', 'restore', 'invitation', 'confirm_email', 'email_changed'] as const),
    ])
    assert.deepEqual(order.slice(5), ['password_changed', 'new_device', 'new_devices'])
  })

  it('delivers a mail of another network before 60 waiting mails of one network', async () => {
    for (let count = 0; count < 60; count++) {
      await room.addUser({ address: `user${count}@example.com` })
      await recover(`user${count}@example.com`, '192.0.2.1')
    }
    await room.addUser({ address: 'victim@example.com' })
    await recover('victim@example.com', '198.51.100.1')
    await start(200)
    await until(() => begun.includes('Stored-victim@example.com'))
    assert.ok(begun.indexOf('Stored-victim@example.com') <= concurrency, begun.join())
  })

  it('delivers a notice of another account before 60 waiting notices of one account', async () => {
    const [one, other] = [await room.addUser(), await room.addUser({ address: 'other@example.com' })]
    for (let count = 0; count < 60; count++) await enqueue(room.db, 'password_changed', 'ann@example.com', one)
    await enqueue(room.db, 'password_changed', 'other@example.com', other)
    await start(200)
    await until(() => begun.includes('other@example.com'))
    assert.ok(begun.indexOf('other@example.com') <= concurrency, begun.join())
  })

  it('forgets who caused a mail when it was sent or dropped', async () => {
    await room.addUser()
    await recover('ann@example.com', '192.0.2.1')
    await recover('unknown@example.com', '192.0.2.1')
    await start(1)
    const causes = () => room.query('select 1 from mails where cause is not null')
    assert.equal((await causes()).length > 0, true)
    while ((await causes()).length > 0) await delay(20)
    await recover('ann@example.com', '192.0.2.1')
    const [job] = await room.query<{ priority: number }>('select priority from graphile_worker.jobs')
    assert.ok(job === undefined || job.priority === 0)
  })
})
