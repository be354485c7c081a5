import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { enqueue } from '../../src/domain/mails/outbox.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { DeliveryTimes } from '../../src/mail/deliveryTimes.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import type { OutgoingMail } from '../../src/mail/message.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const usual = 300
// Node's timers may fire a millisecond early.
const least = usual - 2

describe('the delay after a mail that anyone can request (security 96)', () => {
  let room: MailRoom
  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(() => room.query('truncate users, emails, registrations, email_changes, mails, codes'))
  after(() => room.close())

  const createTimes = (...milliseconds: number[]) => {
    const times = new DeliveryTimes()
    for (const duration of milliseconds) times.add(duration)
    return times
  }
  const createTask = (send: (mail: OutgoingMail) => Promise<void> = () => Promise.resolve()) =>
    createSendMail({
      db: room.db,
      config: mailConfig,
      transport: { send },
      deliveryTimes: createTimes(...Array<number>(20).fill(usual)),
    })
  async function run(kind: string, task = createTask(), abortSignal = new AbortController().signal): Promise<number> {
    const id = await room.enqueue(kind)
    const began = performance.now()
    await task({ id }, { job: { attempts: 1, max_attempts: 25 }, abortSignal }).catch(ignore)
    return Math.ceil(performance.now() - began)
  }
  const refuse = (responseCode: number) => () =>
    Promise.reject(Object.assign(new Error('no'), { code: 'EENVELOPE', command: 'RCPT TO', responseCode }))

  for (const kind of ['restore', 'activation', 'confirm_email'])
    it(`is as long as a usual delivery if the mail was dropped (${kind})`, async () => {
      assert.ok((await run(kind)) >= least)
      assert.deepEqual(await room.query('select status, cause from mails'), [{ status: 'dropped', cause: null }])
    })

  for (const [how, send] of [
    ['sent at once', () => Promise.resolve()],
    ['refused permanently', refuse(550)],
    ['refused temporarily', refuse(451)],
  ] as const)
    it(`is as long as a usual delivery if the mail was ${how}`, async () => {
      await room.addUser()
      assert.ok((await run('restore', createTask(send))) >= least)
    })

  it('begins after the mail was recorded as sent or dropped', async () => {
    const running = run('restore')
    for (;;) {
      const [mail] = await room.query<{ status: string }>('select status from mails')
      if (mail?.status === 'dropped') break
      await delay(5)
    }
    await running
  })

  it('ends when the worker stops', async () => {
    const deliveryTimes = createTimes(4000)
    const task = createSendMail({
      db: room.db,
      config: mailConfig,
      transport: { send: () => Promise.resolve() },
      deliveryTimes,
    })
    assert.ok((await run('restore', task, AbortSignal.timeout(50))) < 3000)
    assert.deepEqual(await room.query('select status from mails'), [{ status: 'dropped' }])
  })

  it('is the 90th percentile of the times of recent deliveries, but at most 5 s', () => {
    assert.equal(createTimes().usual, 500)
    assert.equal(createTimes(250).usual, 250)
    assert.equal(createTimes(...Array.from({ length: 10 }, (_, at) => at + 1)).usual, 9)
    assert.equal(createTimes(...Array<number>(95).fill(200), ...Array<number>(5).fill(9000)).usual, 200)
    assert.equal(createTimes(...Array<number>(100).fill(900), ...Array<number>(100).fill(100)).usual, 100)
    assert.equal(createTimes(60_000).usual, 5000)
  })

  for (const [which, prepare] of [
    ['without accounts', () => Promise.resolve()],
    ['with accounts', (address: string) => room.addUser({ address })],
  ] as const)
    it(`delays the next mail by two deliveries after 6 mails to addresses ${which}`, async () => {
      const strangers = Array.from({ length: 6 }, (_, at) => `stranger${at}`)
      for (const name of strangers) await prepare(`${name}@example.com`)
      await room.addUser({ address: 'own@example.com' })
      for (const name of [...strangers, 'own'])
        await enqueue(room.db, 'restore', `${name}@example.com`, null, null, '192.0.2.1')
      let began: number | undefined
      let arrived: number | undefined
      const task = createTask(({ to }) => {
        if (to === 'Stored-own@example.com') arrived = performance.now()
        return Promise.resolve()
      })
      const tasks = {
        deliver_mail: (...given: Parameters<typeof task>) => {
          began ??= performance.now()
          return task(...given)
        },
      }
      const worker = await startWorker({ url: room.url, db: room.db, tasks, log })
      try {
        while (arrived === undefined || began === undefined) await delay(10)
        assert.ok(arrived - began >= 2 * usual - 20, String(arrived - began))
      } finally {
        await worker.stop()
      }
    })
})
