import assert from 'node:assert/strict'
import type { ReceivedMail } from '../../support/receivedMail.ts'
import { password, type Answer, type TestService } from '../../support/service.ts'

export function requestChange(service: TestService, { access }: { access: string }, email: string): Promise<Answer> {
  return service.call('changeEmail', { token: access, body: { current_password: password, email } })
}

export function confirm(service: TestService, code: string): Promise<Answer> {
  return service.call('confirmEmail', { body: { code } })
}

export function undo(service: TestService, code: string): Promise<Answer> {
  return service.call('undoEmailChange', { body: { code } })
}

/** Requests another address. @returns the mail to that address */
export async function requestMail(
  service: TestService,
  user: { access: string },
  email: string,
): Promise<ReceivedMail> {
  assert.equal((await requestChange(service, user, email)).status, 200)
  return service.mailTo(email)
}

/** Changes the address of a user. @returns the notice to the old one */
export async function changeAddress(
  service: TestService,
  user: { access: string },
  from: string,
  to: string,
): Promise<ReceivedMail> {
  const { code } = await requestMail(service, user, to)
  assert.equal((await confirm(service, code)).status, 200)
  return service.mailTo(from)
}

/** Returns the addresses of a user, each as "kind address". */
export async function addressesOf(service: TestService, userId: string): Promise<string[]> {
  const rows = await service.sql<{ kind: string; address: string }>(
    'select kind, address from emails where user_id = $1 order by kind, address',
    [userId],
  )
  return rows.map(({ kind, address }) => `${kind} ${address}`)
}

/** Returns all rows that a change of address may change, without the columns that every request writes. */
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

/** Returns whether a sign-in with an address succeeds, by default with the password of the tests. */
export async function signsIn(service: TestService, email: string, word = password): Promise<boolean> {
  return (await service.call('createToken', { body: { email, password: word } })).status === 200
}
