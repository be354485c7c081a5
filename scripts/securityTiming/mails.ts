import { setTimeout as sleep } from 'node:timers/promises'
import { startSmtpServer, type SmtpServer } from './smtp.ts'
import { startTarget, type Target } from './target.ts'

/** What a client sends for another address before it recovers its own. */
type Probe = { title: string; path: string; requests: number }
export type Delays = { title: string; taken: [unknown: number[], known: number[]] }

const dialogue = 250

const probes: Probe[] = [
  { title: '4 × forgot', path: 'users/forgot-password/', requests: 4 },
  { title: '4 × resend', path: 'users/activate/resend/', requests: 4 },
]

/**
 * How long one's own recovery mail takes when mails to an address without or with an account go before it (security 96).
 * @returns the delays in milliseconds, of both kinds in random order
 */
export async function measureMails(times: number, report: (delays: Delays) => void): Promise<void> {
  const smtp = await startSmtpServer(dialogue)
  try {
    const target = await startTarget(smtp)
    try {
      for (const probe of probes)
        report({ title: probe.title, taken: await measureProbe({ smtp, target }, probe, times) })
    } finally {
      await target.stop()
    }
  } finally {
    await smtp.stop()
  }
}

async function measureProbe(
  { smtp, target }: { smtp: SmtpServer; target: Target },
  { path, requests }: Probe,
  times: number,
): Promise<[number[], number[]]> {
  const taken: [number[], number[]] = [[], []]
  const order = Array.from({ length: 2 * times }, (_, at) => ({ kind: at % 2, by: Math.random() }))
  order.sort((a, b) => a.by - b.by)
  for (const [at, { kind }] of [{ kind: 1 }, { kind: 0 }, ...order].entries()) {
    const email = kind === 0 ? `nobody${at}@example.com` : target.known
    await Promise.all(Array.from({ length: requests }, () => target.post(path, { email })))
    const began = performance.now()
    await target.post('users/forgot-password/', { email: target.own })
    const arrived = await smtp.arrival(target.own, began)
    if (at >= 2) taken[kind === 0 ? 0 : 1].push(arrived - began) // after a warm-up of each kind
    await sleep(4 * dialogue) // until nothing is left of this round
  }
  return taken
}
