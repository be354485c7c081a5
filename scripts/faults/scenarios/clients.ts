import { setTimeout as sleep } from 'node:timers/promises'
import * as actions from '../actions.ts'
import { changePassword, signOut } from '../actions.ts'
import type { Outcome } from '../client.ts'
import { checkIntegrity } from '../integrity.ts'
import type { Lab } from '../lab.ts'
import { LatencyProbe, secondsUntilNormal } from '../latency.ts'
import { Person } from '../person.ts'
import type { Scenario } from '../scenario.ts'
import { openSlowClients } from '../slowClients.ts'
import { waitFor } from '../waiting.ts'

/** Clients that send a byte of their requests now and then. They must not keep the others waiting. */
async function serveSlowClients(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    const slow = await openSlowClients(lab.service.port, 1000)
    await lab.acknowledges(60)
    if ((await lab.service.probe('ready')) !== 200) lab.recorder.violate('the service is not ready with slow clients')
    const { refused } = await slow.close()
    if (refused > 0) lab.recorder.violate(`${refused} of 1000 slow clients got no connection`)
  })
}

/** More sign-ins at once than the queue of hashes takes: each is answered with tokens or with 503. */
async function stormSignIns(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    const accounts = lab.options.template.accounts.slice(100, lab.options.isLong ? 600 : 400)
    const world = lab.world()
    const storm = Promise.all(
      accounts.map(({ email, password }) => actions.signIn(world, new Person(email, password, 'active'))),
    )
    if ((await lab.service.probe('live')) !== 200) lab.recorder.violate('live fails in a storm of sign-ins')
    const sessions = (await storm).filter((session) => session !== undefined)
    const logs = await lab.database.query(
      'select l.id from login_logs l join emails e using (user_id) where e.address = any($1) and l.user_agent = $2',
      'gatehouse',
      [accounts.map(({ email }) => email), 'faults'],
    )
    const found = logs.length - accounts.length // the template has one row for each account
    if (found < sessions.length) lab.recorder.lose(`${sessions.length - found} sign-ins in the login log`)
    if (sessions.length === 0) lab.recorder.violate('no sign-in of the storm succeeded')
  })
}

/** Registers one email address many times at once, and follows all links at once. There must be one user. */
async function registerAtOnce(lab: Lab): Promise<void> {
  await lab.start()
  const world = lab.world()
  const email = `${lab.unique('often')}@example.com`
  const persons = Array.from({ length: 50 }, () => new Person(email, lab.unique('granite'), 'new'))
  await Promise.all(persons.map((person) => actions.register(world, person)))
  const registered = persons.reduce((sum, { mails }) => sum + mails.activation.least, 0)
  await waitFor(() => lab.mailServer.mailsTo(email).length >= registered, 120_000)
  const mails = lab.mailServer.mailsTo(email)
  if (mails.length < registered) lab.recorder.lose(`${registered - mails.length} activation mails to one address`)
  const bodies = mails.map(({ code }) => ({ code }))
  const replies = await Promise.all(
    bodies.map((body) => world.client.send('users/activate/', { body, allowed: [400] })),
  )
  if (!replies.some(({ kind }) => kind === 'acknowledged')) lab.recorder.violate('no link activated the account')
  const users = await lab.database.query('select id from users where email = $1', 'gatehouse', [email])
  if (users.length !== 1) lab.recorder.violate(`${users.length} users have one email address`)
  const signIns = await Promise.all(persons.map((person) => trySignIn(world, person)))
  const accepted = signIns.filter(({ kind }) => kind === 'acknowledged').length
  if (accepted !== 1) lab.recorder.violate(`${accepted} of the passwords work for one email address`)
  await checkIntegrity(lab.database, lab.recorder)
}

/** Signs in, and repeats this while the queue of hashes is full. */
async function trySignIn({ client }: actions.World, { email, passwords }: Person): Promise<Outcome> {
  for (;;) {
    const [password] = passwords
    const outcome = await client.send('auth/token/', { body: { email, password }, allowed: [401] })
    if (outcome.kind === 'acknowledged' || outcome.kind === 'refused') return outcome
    await sleep(500)
  }
}

/** Refreshes a session many times while it ends. No token that was issued may live on. */
async function refreshDuringEnd(lab: Lab): Promise<void> {
  await lab.start()
  const world = lab.world()
  const accounts = lab.options.template.accounts.slice(0, lab.options.isLong ? 100 : 20)
  for (const [at, { email, password, refresh: token }] of accounts.entries()) {
    const person = new Person(email, password, 'active', token)
    const [session] = person.sessions
    const actor = at % 2 === 0 ? session : await actions.signIn(world, person)
    if (!session || !actor) continue
    const send = (refresh: string) => world.client.send('auth/token/refresh/', { body: { refresh }, allowed: [401] })
    const burst = () => Promise.all(Array.from({ length: 25 }, () => send(token)))
    const end = () => (at % 2 === 0 ? signOut(world, person, actor) : changePassword(world, person, actor))
    const [before, , after] = await Promise.all([burst(), end(), burst()])
    if (session.state !== 'ended') lab.recorder.violate(`the session of ${email} was not ended`)
    const issued = [...before, ...after].flatMap(({ body }) => (body['refresh'] === undefined ? [] : [body['refresh']]))
    const tokens = new Set([token, ...issued.map(String)])
    for (const each of tokens)
      if ((await send(each)).kind === 'acknowledged') lab.recorder.lose(`the end of a session of ${email}`)
  }
  await checkIntegrity(lab.database, lab.recorder)
}

/** Many clients come back at once after an outage of the database. */
async function reconnectAtOnce(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    const world = lab.world()
    const { email = '', password = '' } = lab.options.template.accounts.at(-1) ?? {}
    const session = await actions.signIn(world, new Person(email, password, 'active'))
    const probe = new LatencyProbe(() => world.client.send('users/me/', { token: session?.access }))
    await sleep(3000)
    const began = performance.now()
    await lab.database.kill('SIGINT')
    await sleep(2000)
    await lab.database.start()
    const ended = performance.now()
    const clients = lab.options.isLong ? 10_000 : 1000
    const accounts = lab.options.template.accounts.slice(100)
    const replies = await Promise.all(
      Array.from({ length: clients }, async (_, at) => {
        const { refresh = '' } = accounts[at % accounts.length] ?? {}
        for (let attempt = 0; attempt < 20; attempt++) {
          // 408: this process has so many clients that some do not send their body in time.
          const outcome = await world.client.send('auth/token/refresh/', { body: { refresh }, allowed: [401, 408] })
          if (outcome.kind === 'acknowledged' || outcome.status === 401) return outcome.kind
          await sleep(1000 + lab.options.random.integer(0, 2000))
        }
        return 'nothing'
      }),
    )
    const failed = replies.filter((kind) => kind === 'nothing').length
    if (failed > 0) lab.recorder.violate(`${failed} of ${clients} clients were refused 20 times`)
    await sleep(3000)
    const seconds = secondsUntilNormal(await probe.stop(), began, ended)
    lab.options.say(`${clients} clients came back; replies as quick as before after ${seconds.toFixed(1)} s`)
    if (seconds > 60) lab.recorder.violate(`replies were slow for ${seconds.toFixed(1)} s`)
  })
}

export const clientScenarios: Scenario[] = [
  { id: 'F13', title: '1,000 slow clients', run: serveSlowClients },
  { id: 'F15', title: 'storm of sign-ins', run: stormSignIns },
  { id: 'F19', title: 'one email address, 50 registrations', run: registerAtOnce },
  { id: 'F20', title: 'refreshes while the session ends', run: refreshDuringEnd },
  { id: 'reconnect', title: 'many clients come back at once', run: reconnectAtOnce },
]
