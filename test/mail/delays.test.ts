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

describe('the delay of mails (security 96)', () => {
  let room: MailRoom
  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(() => room.query('truncate users, emails, registrations, email_changes, mails, codes'))
  after(() => room.close())

  const timesOf = (...milliseconds: number[]) => {
    const times = new DeliveryTimes()
    for (const one of milliseconds) times.add(one)
    return times
  }
  const taskOf = (send: (mail: OutgoingMail) => Promise<void> = () => Promise.resolve()) =>
    createSendMail({
      db: room.db,
      config: mailConfig,
      transport: { send },
      times: timesOf(...Array<number>(20).fill(usual)),
    })
  async function run(kind: string, task = taskOf(), abortSignal = new AbortController().signal): Promise<number> {
    const id = await room.enqueue(kind)
    const began = performance.now()
    await task({ id }, { job: { attempts: 1, max_attempts: 25 }, abortSignal }).catch(ignore)
    return Math.ceil(performance.now() - began)
  }
  const refuse = (responseCode: number) => () =>
    Promise.reject(Object.assign(new Error('no'), { code: 'EENVELOPE', responseCode }))

  for (const kind of ['restore', 'activation', 'confirm_email'])
    it(`a ${kind} mail that is dropped keeps the worker busy for as long as a sent one`, async () => {
      assert.ok((await run(kind)) >= usual)
      assert.deepEqual(await room.query('select status, cause from mails'), [{ status: 'dropped', cause: null }])
    })

  for (const [how, send] of [
    ['sent at once', () => Promise.resolve()],
    ['refused for good', refuse(550)],
    ['refused for now', refuse(451)],
  ] as const)
    it(`one that is ${how} keeps it busy for as long`, async () => {
      await room.addUser()
      assert.ok((await run('restore', taskOf(send))) >= usual)
    })

  it('follows the decision, which is in the table already', async () => {
    const running = run('restore')
    for (;;) {
      const [mail] = await room.query<{ status: string }>('select status from mails')
      if (mail?.status === 'dropped') break
      await delay(5)
    }
    await running
  })

  it('ends when the worker stops', async () => {
    const times = timesOf(4000)
    const task = createSendMail({
      db: room.db,
      config: mailConfig,
      transport: { send: () => Promise.resolve() },
      times,
    })
    assert.ok((await run('restore', task, AbortSignal.timeout(50))) < 3000)
    assert.deepEqual(await room.query('select status from mails'), [{ status: 'dropped' }])
  })

  it('is that of nine of ten recent deliveries, and at most 5 s', () => {
    assert.equal(timesOf().usual, 500)
    assert.equal(timesOf(250).usual, 250)
    assert.equal(timesOf(...Array.from({ length: 10 }, (_, at) => at + 1)).usual, 9)
    assert.equal(timesOf(...Array<number>(95).fill(200), ...Array<number>(5).fill(9000)).usual, 200)
    assert.equal(timesOf(...Array<number>(100).fill(900), ...Array<number>(100).fill(100)).usual, 100)
    assert.equal(timesOf(60_000).usual, 5000)
  })

  for (const [whose, prepare] of [
    ['has no account', () => Promise.resolve()],
    ['has one', () => room.addUser({ address: 'stranger@example.com' })],
  ] as const)
    it(`of one's own mail behind 6 for a stranger who ${whose} is that of two deliveries`, async () => {
      await prepare()
      await room.addUser({ address: 'own@example.com' })
      for (const name of [...Array<string>(6).fill('stranger'), 'own'])
        await enqueue(room.db, 'restore', `${name}@example.com`, null, null, '192.0.2.1')
      let began: number | undefined
      let arrived: number | undefined
      const task = taskOf(({ to }) => {
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
