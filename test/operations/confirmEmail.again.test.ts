import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../support/answers.ts'
import type { ReceivedMail } from '../support/receivedMail.ts'
import { eventTypesOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, type Person } from '../support/users.ts'
import { addressesOf, changeAddress, confirm, requestChange, stateOf, undo } from './support/emailChanges.ts'
import { forgot, restore } from './support/requests.ts'

const newPassword = 'the password of the new owner'

describe('confirming the current email address to shorten the undo time (security 103)', () => {
  let service: TestService
  let user: Person
  let old: string
  let present: string
  let undoing: ReceivedMail

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
    ;[old, present] = [user.email, service.email()]
    undoing = await changeAddress(service, user, old, present)
  })

  /** Recovers at the present address and signs in. @returns the access token */
  const recover = async () => {
    await forgot(service, present)
    const { code } = await service.mailTo(present)
    assert.equal((await restore(service, code, newPassword)).status, 200)
    assert.equal((await service.mailTo(present)).code, '', 'the notice')
    const signedIn = await service.call('createToken', { body: { email: present, password: newPassword } })
    return String(signedIn.body['access'])
  }
  const request = (token: string, current_password = newPassword, email = present) =>
    service.call('changeEmail', { token, body: { current_password, email } })
  const passTime = (time: string) =>
    service.sql('update email_changes set confirmed_at = confirmed_at - $2::interval where user_id = $1', [
      user.id,
      time,
    ])
  const confirmAgain = async () => {
    const token = await recover()
    assert.equal((await request(token)).status, 200)
    const mail = await service.mailTo(present)
    return { mail, answer: await confirm(service, mail.code) }
  }

  it('keeps the undo code valid until 72 hours after the change', async () => {
    const { mail, answer } = await confirmAgain()
    assert.match(mail.subject, /^Confirm your email address for accounts\.test again$/)
    assert.match(mail.link, /\/account\/confirm-email\/\?code=/)
    assert.equal(answer.status, 200)
    assert.equal(
      answer.body['detail'],
      'The address is confirmed. The former address can undo its change until undo_until.',
    )
    const [row] = await service.sql<{ seconds: number }>(
      `select extract(epoch from $2::timestamptz - confirmed_at)::float8 as seconds from email_changes where user_id = $1`,
      [user.id, answer.body['undo_until']],
    )
    assert.ok(row && Math.abs(row.seconds - 72 * 3600) < 1, JSON.stringify(row))
    assert.deepEqual(await addressesOf(service, user.id), [`current ${present}`, `held ${old}`])
    assert.equal((await undo(service, undoing.code)).status, 200)
    assert.deepEqual(await addressesOf(service, user.id), [`current ${old}`])
  })

  it('makes the undo code invalid 72 hours after the change', async () => {
    await confirmAgain()
    await service.sql(`update email_changes set undo_until = undo_until - interval '73 hours' where user_id = $1`, [
      user.id,
    ])
    const before = await stateOf(service, user.id)
    assertProblem(await undo(service, undoing.code), 400, 'code_invalid')
    assert.deepEqual(await stateOf(service, user.id), before)
  })

  it('makes the undo code invalid at once if 72 hours have passed since the change', async () => {
    await passTime('73 hours')
    const { answer } = await confirmAgain()
    assert.equal(answer.status, 200)
    assert.ok(Date.parse(String(answer.body['undo_until'])) < Date.now() + 60_000)
    assertProblem(await undo(service, undoing.code), 400, 'code_invalid')
    const types = await eventTypesOf(service, user.id)
    assert.equal(types.at(-1), 'email_undo_ended')
    const [changes] = await service.sql('select count(*)::integer from email_changes where user_id = $1', [user.id])
    assert.deepEqual(changes, { count: 1 }, 'the request is no change of address')
  })

  it('shows on the page in both languages until when the change can be undone', async () => {
    for (const [time, language, expected] of [
      [
        '0',
        'en',
        /<h1>Your email address is confirmed<\/h1>\s*<p>The account can be taken back from its previous address until \d+ \w+ 20\d\d/,
      ],
      [
        '73 hours',
        'ru',
        /<h1>Адрес почты подтверждён<\/h1>\s*<p>Вернуть учётную запись на прежний адрес больше нельзя\./,
      ],
    ] as const) {
      user = await addOwner(service)
      await service.sql('update users set language = $2 where id = $1', [user.id, language])
      ;[old, present] = [user.email, service.email()]
      undoing = await changeAddress(service, user, old, present)
      await passTime(time)
      await request(await recover())
      const { code } = await service.mailTo(present)
      const page = await service.fetch('/account/confirm-email/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ code }).toString(),
      })
      assert.equal(page.status, 200)
      assert.match(String(page.body['text']), expected)
    }
  })

  it('can be requested only after a recovery, and if there is a change to undo', async () => {
    assert.deepEqual(fieldErrorsOf(await requestChange(service, user, present)), ['/email unchanged'])
    const other = await addOwner(service)
    assert.deepEqual(fieldErrorsOf(await requestChange(service, other, other.email)), ['/email unchanged'])
    const token = await recover()
    await service.sql(`update codes set expires_at = now() where user_id = $1`, [user.id])
    await passTime('8 days')
    assert.deepEqual(fieldErrorsOf(await request(token)), ['/email unchanged'])
  })

  it('can be requested only if the recovery came after the latest change', async () => {
    const token = await recover()
    const next = service.email()
    await request(token, newPassword, next)
    assert.equal((await confirm(service, (await service.mailTo(next)).code)).status, 200)
    assert.deepEqual(fieldErrorsOf(await request(token, newPassword, next)), ['/email unchanged'])
  })

  it('can be requested only with the current password', async () => {
    const token = await recover()
    assertProblem(await request(token, password), 400, 'current_password_incorrect')
  })

  it('changes nothing after the undo', async () => {
    const token = await recover()
    await request(token)
    const { code } = await service.mailTo(present)
    assert.equal((await undo(service, undoing.code)).status, 200)
    const before = await addressesOf(service, user.id)
    assertProblem(await confirm(service, code), 400, 'code_invalid')
    assert.deepEqual(await addressesOf(service, user.id), before)
    assert.deepEqual(before, [`current ${old}`])
  })

  it('shortens the time of the undo codes of earlier changes, too', async () => {
    const first = undoing
    const second = present
    present = service.email()
    const notice = await changeAddress(service, user, second, present)
    await passTime('73 hours')
    assert.equal((await confirmAgain()).answer.status, 200)
    for (const { code } of [first, notice]) assertProblem(await undo(service, code), 400, 'code_invalid')
    assert.equal((await addressesOf(service, user.id))[0], `current ${present}`)
  })

  it('prevents the worker from mailing an undo link later', async () => {
    await service.sql(`update email_changes set undo_until = now() where user_id = $1`, [user.id])
    const sent = await service.countMails()
    await service.sql(
      `with mail as (
         insert into mails (id, kind, address, user_id, about)
         select gen_random_uuid(), 'email_changed', $2, user_id, id from email_changes where user_id = $1 returning id
       )
       select graphile_worker.add_job('send_mail', json_build_object('id', mail.id)) from mail`,
      [user.id, old],
    )
    assert.equal(await service.countMails(), sent)
  })
})
