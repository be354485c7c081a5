import assert from 'node:assert/strict'
import type { ReceivedMail } from '../../support/receivedMail.ts'
import { password, type Answer, type TestService } from '../../support/service.ts'

export function ask(service: TestService, { access }: { access: string }, email: string): Promise<Answer> {
  return service.call('changeEmail', { token: access, body: { current_password: password, email } })
}

export function confirm(service: TestService, code: string): Promise<Answer> {
  return service.call('confirmEmail', { body: { code } })
}

export function undo(service: TestService, code: string): Promise<Answer> {
  return service.call('undoEmailChange', { body: { code } })
}

/** Asks for another address. @returns the mail that came there */
export async function askForMail(service: TestService, user: { access: string }, email: string): Promise<ReceivedMail> {
  assert.equal((await ask(service, user, email)).status, 200)
  return service.mailTo(email)
}

/** Changes the address of a user. @returns the notice that came to the old one */
export async function move(
  service: TestService,
  user: { access: string },
  from: string,
  to: string,
): Promise<ReceivedMail> {
  const { code } = await askForMail(service, user, to)
  assert.equal((await confirm(service, code)).status, 200)
  return service.mailTo(from)
}

/** The addresses of a user, as "kind address". */
export async function addressesOf(service: TestService, userId: string): Promise<string[]> {
  const rows = await service.sql<{ kind: string; address: string }>(
    'select kind, address from emails where user_id = $1 order by kind, address',
    [userId],
  )
  return rows.map(({ kind, address }) => `${kind} ${address}`)
}

/** Everything that a change of address may change, apart from the codes and from what is written by every request. */
export async function stateOf(service: TestService, userId: string): Promise<unknown[]> {
  return Promise.all(
    [
      'select * from users where id = $1',
      'select * from emails where user_id = $1 order by address',
      'select * from email_changes where user_id = $1 order by id',
      'select id, ended_at, ended_by from sessions where user_id = $1 order by id',
      'select hash, used_at from codes where user_id = $1 order by hash',
      'select id, kind, address from mails where user_id = $1 order by id',
      'select id, type from security_events where user_id = $1 order by id',
    ].map((text) => service.sql(text, [userId])),
  )
}

/** Whether an address signs in with the password of the tests. */
export async function signsIn(service: TestService, email: string, word = password): Promise<boolean> {
  return (await service.call('createToken', { body: { email, password: word } })).status === 200
}
