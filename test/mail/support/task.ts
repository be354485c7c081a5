import type { OutgoingMail } from '../../../src/mail/message.ts'
import { DeliveryTimes } from '../../../src/mail/deliveryTimes.ts'
import { createSendMail } from '../../../src/mail/sendMail.ts'
import { mailConfig, type MailRoom } from './mailRoom.ts'

/** The task itself, with a transport that keeps what it is given. */
export function createTask(room: MailRoom) {
  const state = { sent: [] as OutgoingMail[], beforeSending: (): Promise<void> | void => undefined }
  const transport = {
    describe: '',
    async send(mail: OutgoingMail) {
      await state.beforeSending()
      state.sent.push(mail)
    },
    close: () => Promise.resolve(),
  }
  const times = new DeliveryTimes()
  times.add(0) // a dropped mail keeps nothing waiting
  const sendMail = createSendMail({ db: room.db, transport, config: mailConfig, times })

  /** @returns the last mail sent */
  async function run(id: string, attempts = 1): Promise<OutgoingMail | undefined> {
    await sendMail({ id }, { job: { attempts, max_attempts: 25 }, abortSignal: new AbortController().signal })
    return state.sent.at(-1)
  }

  return { state, run }
}
