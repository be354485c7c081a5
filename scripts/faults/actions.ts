import { count, type Person, type Session } from './person.ts'
import type { Client, Outcome } from './client.ts'
import type { MailServer } from './mailServer.ts'
import type { Recorder } from './recorder.ts'

/** What an action needs besides its person. `unique` makes a text that no other action has made. */
export type World = { client: Client; mailServer: MailServer; recorder: Recorder; unique: (word: string) => string }

const acknowledged = ({ kind }: Outcome) => kind === 'acknowledged'
/** Whether the request may have had an effect. */
const mayCount = ({ kind }: Outcome) => kind === 'acknowledged' || kind === 'uncertain'

function passwordOf(person: Person): string {
  return [...person.passwords].at(-1) ?? ''
}

/** Whether a 4xx can be explained by an earlier reply that was lost. */
const isUncertain = (person: Person) => person.passwords.size > 1

export async function register({ client }: World, person: Person): Promise<void> {
  const password = passwordOf(person)
  const body = { email: person.email, password, password_confirm: password }
  const outcome = await client.send('users/register/', { body })
  if (!mayCount(outcome)) return
  person.state = 'pending'
  count(person.mails.activation, acknowledged(outcome))
}

/** Follows the activation link of the newest mail, if one has arrived. */
export async function activate({ client, mailServer }: World, person: Person): Promise<void> {
  const code = mailServer.mailsTo(person.email).findLast((mail) => mail.code !== undefined)?.code
  if (code === undefined) return
  // The worker may have made a new code for a mail that it sends again: the next mail has it.
  const outcome = await client.send('users/activate/', { body: { code }, allowed: [400] })
  if (!acknowledged(outcome)) return
  person.state = 'active'
  person.hasNewPassword = true
}

export async function signIn({ client, recorder }: World, person: Person): Promise<Session | undefined> {
  for (const password of [...person.passwords].reverse()) {
    const body = { email: person.email, password }
    const outcome = await client.send('auth/token/', { body, allowed: isUncertain(person) ? [401] : [] })
    if (outcome.kind === 'refused' && !isUncertain(person)) recorder.lose(`the password of ${person.email}`)
    if (!mayCount(outcome)) continue
    count(person.signIns, acknowledged(outcome))
    if (!acknowledged(outcome)) return undefined
    const session: Session = { ...(outcome.body as Pick<Session, 'access' | 'refresh'>), state: 'live' }
    person.sessions.push(session)
    return session
  }
  return undefined
}

export async function refresh({ client, recorder }: World, person: Person, session: Session): Promise<boolean> {
  const body = { refresh: session.refresh }
  const outcome = await client.send('auth/token/refresh/', { body, allowed: [401] })
  if (acknowledged(outcome)) {
    Object.assign(session, outcome.body)
    if (session.state === 'ended') recorder.lose(`the end of a session of ${person.email}`)
  } else if (outcome.kind === 'refused') {
    if (session.state === 'live') recorder.lose(`a session of ${person.email}`)
    session.state = 'ended'
  }
  return acknowledged(outcome)
}

/** Reads the profile, which must have the name that was acknowledged last. A refused token is refreshed. */
export async function readMe(world: World, person: Person, session: Session): Promise<void> {
  const outcome = await world.client.send('users/me/', { token: session.access, allowed: [401] })
  if (outcome.kind === 'refused') await refresh(world, person, session)
  if (!acknowledged(outcome)) return
  if (session.state === 'ended') world.recorder.lose(`the end of a session of ${person.email}`)
  checkName(world.recorder, person, outcome)
}

export function checkName(recorder: Recorder, person: Person, { body }: Outcome): void {
  const name = String(body['first_name'])
  if (!person.firstNames.has(name))
    recorder.lose(`the name of ${person.email}: it is ${name}, not ${[...person.firstNames].join(' or ')}`)
}

export async function updateMe(world: World, person: Person, session: Session): Promise<void> {
  const name = world.unique('name')
  const call = { method: 'PATCH', body: { first_name: name }, token: session.access, allowed: [401] }
  const outcome = await world.client.send('users/me/', call)
  if (outcome.kind === 'refused') await refresh(world, person, session)
  if (!mayCount(outcome)) return
  person.setFirstName(name, acknowledged(outcome))
}

export async function changePassword(world: World, person: Person, session: Session): Promise<void> {
  const [current_password, password] = [passwordOf(person), world.unique('granite')]
  const body = { current_password, password, password_confirm: password }
  const allowed = isUncertain(person) ? [400, 401] : [401]
  const outcome = await world.client.send('users/me/change-password/', { body, token: session.access, allowed })
  if (outcome.status === 401) await refresh(world, person, session)
  if (!mayCount(outcome)) return
  person.setPassword(password, acknowledged(outcome))
  person.endSessions(acknowledged(outcome), session)
  count(person.mails.password_changed, acknowledged(outcome))
}

export async function forgot({ client, mailServer }: World, person: Person): Promise<void> {
  const mailsBefore = mailServer.mailsTo(person.email).length
  const outcome = await client.send('users/forgot-password/', { body: { email: person.email } })
  if (!mayCount(outcome)) return
  person.mailsBefore ??= mailsBefore
  count(person.mails.restore, acknowledged(outcome))
}

/** Sets a new password with the code of a recovery mail, if one has arrived. */
export async function restore({ client, mailServer, unique }: World, person: Person): Promise<void> {
  const mail = mailServer
    .mailsTo(person.email)
    .slice(person.mailsBefore)
    .findLast(({ code }) => code !== undefined)
  if (mail?.code === undefined) return
  const password = unique('granite')
  const body = { code: mail.code, password, password_confirm: password }
  // A change of the password, or a later mail, voids the code.
  const outcome = await client.send('users/restore-password/', { body, allowed: [400] })
  if (outcome.kind !== 'unsent') person.mailsBefore = undefined
  if (!mayCount(outcome)) return
  person.setPassword(password, acknowledged(outcome))
  person.endSessions(acknowledged(outcome))
  count(person.mails.password_changed, acknowledged(outcome))
}

export async function signOut({ client }: World, _person: Person, session: Session): Promise<void> {
  const outcome = await client.send('auth/token/blacklist/', { body: { refresh: session.refresh } })
  if (acknowledged(outcome)) session.state = 'ended'
  else if (mayCount(outcome)) session.state = 'uncertain'
}
