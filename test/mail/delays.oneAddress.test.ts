import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { DeliveryTimes } from '../../src/mail/deliveryTimes.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'

describe('six mails to one email address (security 96)', () => {
  let room: MailRoom
  beforeEach(async () => {
    room = await createMailRoom()
  })
  afterEach(() => room.close())

  const list = (condition: string) => room.query<{ id: string }>(`select id from mails where ${condition} order by id`)

  for (const [which, prepare, status] of [
    ['without an account', () => undefined, 'dropped'],
    ['with an account', () => room.addUser(), 'sent'],
  ] as const)
    it(`are delivered or dropped one after another, for an address ${which}`, async () => {
      await prepare()
      const deliveryTimes = new DeliveryTimes()
      // The longest delay. The test ends each delay when the worker has tried the later mails.
      for (let count = 0; count < 100; count++) deliveryTimes.add(5000)
      const transport = { send: () => Promise.resolve() }
      const task = createSendMail({ db: room.db, config: mailConfig, transport, deliveryTimes })
      const run = (id: string, abortSignal = new AbortController().signal) =>
        task({ id }, { job: { attempts: 1, max_attempts: 25 }, abortSignal })

      const ids: string[] = []
      for (let count = 0; count < 6; count++) ids.push(await room.enqueue('restore'))
      for (const [index, id] of ids.entries()) {
        const stop = new AbortController()
        const running = run(id, stop.signal)
        try {
          while ((await list(`status = '${status}'`)).length === index) await delay(5)
          await Promise.all(ids.slice(index + 1).map((later) => run(later)))
          const begun = ids.slice(0, index + 1).map((id) => ({ id }))
          assert.deepEqual(await list('attempts > 0'), begun)
        } finally {
          stop.abort()
          await running
        }
      }
      assert.deepEqual(await room.query('select distinct status, attempts from mails'), [{ status, attempts: 1 }])
    })
})
