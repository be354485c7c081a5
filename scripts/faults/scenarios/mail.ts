import { setTimeout as sleep } from 'node:timers/promises'
import * as actions from '../actions.ts'
import type { Lab } from '../lab.ts'
import type { Misbehaviour, Stage } from '../mailServer.ts'
import { Person } from '../person.ts'
import type { Scenario } from '../scenario.ts'
import { waitFor } from '../waiting.ts'

const stages: readonly Stage[] = ['connect', 'mail', 'rcpt', 'data']

async function stopMailServer(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    await lab.mailServer.stop()
    await sleep(lab.options.isLong ? 60_000 : 6000)
    await lab.mailServer.start()
  })
}

/** Lets the mail server misbehave for a time, in one way after the other. */
async function misbehave(lab: Lab, ways: Misbehaviour[], each = 1500): Promise<void> {
  for (const way of ways) {
    lab.mailServer.misbehaviour = way
    for (const until = Date.now() + each; Date.now() < until;) {
      await actions.forgot(lab.world(), new Person(lab.options.template.accounts.at(-1)?.email ?? '', '', 'active'))
      await sleep(200)
    }
  }
  lab.mailServer.misbehaviour = undefined
  if (lab.mailServer.refusals === 0) lab.recorder.violate('the mail server has refused no mail')
}

async function stallMails(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    await misbehave(lab, [{ stage: 'data', reply: 'stall' }], 6000)
    await lab.mailServer.stop() // closes the connections that stall
    await lab.mailServer.start()
  })
}

async function refuseMails(lab: Lab): Promise<void> {
  await lab.start()
  const refused = `${lab.unique('refused')}@example.com`
  const temporary = stages.map((stage): Misbehaviour => ({ stage, reply: stage === 'connect' ? 421 : 451 }))
  const dropped = stages.map((stage): Misbehaviour => ({ stage, reply: 'drop' }))
  await lab.underLoad(
    async () => {
      await misbehave(lab, [...temporary, ...dropped])
      lab.mailServer.misbehaviour = { stage: 'rcpt', reply: 550, address: refused }
      await actions.register(lab.world(), new Person(refused, lab.unique('granite'), 'new'))
      await requireFailure(lab, refused)
      lab.mailServer.misbehaviour = undefined
    },
    { mayFail: [refused] },
  )
}

/** Requires that a mail that the server refused for good is not tried again, and that the log and its row say so. */
async function requireFailure({ database, service, recorder }: Lab, address: string): Promise<void> {
  const read = () =>
    database.query<{ id: string; status: string; attempts: number; last_error: string | null }>(
      'select id, status, attempts, last_error from mails where address = $1',
      'gatehouse',
      [address],
    )
  await waitFor(async () => (await read())[0]?.status !== 'queued', 60_000, 100)
  const [mail] = await read()
  if (mail?.status !== 'failed' || mail.attempts !== 1 || !mail.last_error?.includes('550'))
    recorder.violate(`a mail that was refused for good has ${JSON.stringify(mail)}`)
  if (!service.log().includes(`"mail":"${mail?.id ?? ''}"`))
    recorder.violate('the log has no line about a refused mail')
}

/** Kills the service when a mail has arrived at the mail server, before the service learns that it was accepted. */
async function killDuringMail(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    for (let kills = 0; kills < (lab.options.isLong ? 10 : 3); kills++) {
      const arrived = new Promise<void>((resolve) => {
        lab.mailServer.onArrival = resolve
      })
      await actions.forgot(lab.world(), new Person(lab.options.template.accounts.at(-2)?.email ?? '', '', 'active'))
      await arrived
      lab.mailServer.onArrival = undefined
      await lab.service.end('SIGKILL')
      await lab.service.start()
    }
  })
}

/** The name of the mail server does not resolve at first. A name below .invalid never does. */
async function loseName(lab: Lab): Promise<void> {
  await lab.start()
  await lab.service.end('SIGTERM')
  const { EMAIL_HOST: host = '' } = lab.service.settings
  lab.service.settings['EMAIL_HOST'] = 'smtp.invalid'
  await lab.service.start()
  await lab.underLoad(async () => {
    await sleep(5000)
    lab.service.settings['EMAIL_HOST'] = host
    await lab.service.end('SIGTERM')
    await lab.service.start()
  })
}

export const mailScenarios: Scenario[] = [
  { id: 'F6', title: 'mail server down', run: stopMailServer },
  { id: 'F7', title: 'mail server stalls', run: stallMails },
  { id: 'F8', title: 'mail server replies 4xx, drops, replies 5xx', run: refuseMails },
  { id: 'F10', title: 'worker killed while it sends a mail', run: killDuringMail },
  { id: 'dns', title: 'the name of the mail server does not resolve', run: loseName },
]
