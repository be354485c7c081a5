import type { OutgoingMail } from '../../../src/mail/message.ts'
import { DeliveryTimes } from '../../../src/mail/deliveryTimes.ts'
import { createSendMail } from '../../../src/mail/sendMail.ts'
import { mailConfig, type MailRoom } from './mailRoom.ts'

/** Creates the task that delivers mails, with a transport that keeps them. */
export function createTask(room: MailRoom) {
  const state = { sent: [] as OutgoingMail[], beforeSending: (): Promise<void> | void => undefined }
  const transport = {
    async send(mail: OutgoingMail) {
      await state.beforeSending()
      state.sent.push(mail)
    },
    close: () => Promise.resolve(),
  }
  const deliveryTimes = new DeliveryTimes()
  deliveryTimes.add(0) // no delay after a dropped mail
  const sendMail = createSendMail({ db: room.db, transport, config: mailConfig, deliveryTimes })

  /** Runs the task for a mail. @returns the last mail that was sent */
  async function run(id: string, attempts = 1): Promise<OutgoingMail | undefined> {
    await sendMail({ id }, { job: { attempts, max_attempts: 25 }, abortSignal: new AbortController().signal })
    return state.sent.at(-1)
  }

  return { state, run }
}
