import { setTimeout as sleep } from 'node:timers/promises'
import { takeSamples, type Samples } from './samples.ts'
import { startServiceProcess } from './serviceProcess.ts'
import { startSmtpServer } from './smtp.ts'

export type MailDelays = { title: string; samples: Samples }

/** The milliseconds that the SMTP server needs to accept a mail. */
const delivery = 250

/**
 * The requests that an attacker sends for another person's email address before requesting a recovery mail for the
 * own email address.
 */
const attacks = [
  { title: '4 × forgot', path: 'users/forgot-password/', requests: 4 },
  { title: '4 × resend', path: 'users/activate/resend/', requests: 4 },
]

/**
 * Measures how long the attacker's own recovery mail is delayed after requests for an email address with an account,
 * and after requests for an email address without an account (security 96).
 */
export async function measureMails(count: number, report: (delays: MailDelays) => void): Promise<void> {
  const smtp = await startSmtpServer(delivery)
  try {
    const service = await startServiceProcess(smtp)
    try {
      for (const { title, path, requests } of attacks) {
        const samples = await takeSamples(count, 1, async (kind, index) => {
          const email = kind === 0 ? `nobody${index}@example.com` : service.known
          await Promise.all(Array.from({ length: requests }, () => service.post(path, { email })))
          const began = performance.now()
          await service.post('users/forgot-password/', { email: service.own })
          const arrived = await smtp.arrival(service.own, began)
          await sleep(4 * delivery) // until the queue is empty
          return arrived - began
        })
        report({ title, samples })
      }
    } finally {
      await service.stop()
    }
  } finally {
    await smtp.stop()
  }
}
