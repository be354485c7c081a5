import assert from 'node:assert/strict'
import pg from 'pg'
import { faultsOf, holdMails, insertCode, insertUser, withoutIds } from '../support/accounts.ts'
import { operationRoutes } from '../support/routes.ts'
import { assertProblem, password, TestService } from '../support/service.ts'
import { assertInvalid, assertUnauthorized, type Person } from '../support/tokens.ts'
import { addOwner, addressesOf, ask, askForMail, confirm, eventsOf, signsIn, stateOf } from './support/emailChanges.ts'

describe('changeEmail', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const request = (body: unknown, token = user.access) => service.call('changeEmail', { token, body })
  const mailsOf = async (userId: string) =>
    (
      await service.sql<{ address: string; status: string }>(
        `select address, status from mails where user_id = $1 and kind = 'confirm_email' order by id`,
        [userId],
      )
    ).map(({ address, status }) => `${address} ${status}`)

  it('mails a code to the new address, for a day, and changes nothing yet (security 21, 29)', async () => {
    const email = service.email()
    const { status, headers, body } = await ask(service, user, email)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(body, { detail: 'Check the mail of the new address to confirm the change.' })
    const mail = await service.mailTo(email)
    assert.match(mail.subject, /^Confirm your new email address for accounts\.test$/)
    assert.equal(mail.link, `http://accounts.test/account/confirm-email/?code=${mail.code}`)
    assert.match(
      mail.text,
      /On \d+ \w+ \d{4} at \d\d:\d\d UTC you asked to use this address for your account at accounts\.test\./,
    )
    assert.ok(!`${mail.text}${mail.html}`.includes(user.email))
    const [code] = await service.sql<{ seconds: number }>(
      `select extract(epoch from expires_at - now())::integer as seconds from codes where user_id = $1 and purpose = 'confirm_email'`,
      [user.id],
    )
    assert.ok(code && code.seconds > 86_400 - 60 && code.seconds <= 86_400, String(code?.seconds))
    assert.equal((await service.call('getMe', { token: user.access })).body['email'], user.email)
    assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
    assert.deepEqual([await signsIn(service, user.email), await signsIn(service, email)], [true, false])
  })

  it('writes in the user’s language, to the address as it is stored (security 25)', async () => {
    await service.sql(`update users set language = 'ru' where id = $1`, [user.id])
    await ask(service, user, 'Новый@ПРИМЕР.испытание')
    const { subject, text } = await service.mailTo('Новый@пример.испытание')
    assert.match(subject, /^Подтвердите новый адрес для accounts\.test$/)
    assert.match(text, /для вашей учётной записи на accounts\.test/)
  })

  it('asks for the current password, and does nothing without it (security 29)', async () => {
    const before = await stateOf(service, user.id)
    const email = service.email()
    for (const wrong of ['wrong', `${password} `, password.toUpperCase()])
      assertProblem(await request({ current_password: wrong, email }), 400, 'current_password_incorrect')
    await service.sql('update users set password_hash = null where id = $1', [user.id])
    assertProblem(await request({ current_password: password, email }), 400, 'current_password_incorrect')
    const [, ...others] = await stateOf(service, user.id)
    assert.deepEqual(others, before.slice(1))
  })

  it('refuses the address that the account has, however it is written (security 26)', async () => {
    const before = await stateOf(service, user.id)
    for (const same of [user.email, user.email.toUpperCase(), user.email.replace('@', '＠')]) {
      const answer = await ask(service, user, same)
      assertInvalid(answer, '/email')
      assert.deepEqual(faultsOf(answer), ['/email unchanged'])
    }
    assert.deepEqual(await stateOf(service, user.id), before)
  })

  it('answers alike for a free, a taken and a held address, and mails to the free one only (security 14)', async () => {
    const [taken, held, suspended] = ['taken@alike.test', 'held1@alike.test', 'suspe@alike.test']
    await insertUser(service, taken)
    await insertUser(service, suspended, { isActive: false })
    await insertUser(service, held)
    await service.sql(`update emails set kind = 'held', held_until = now() + interval '1 day' where address = $1`, [
      held,
    ])
    const answers = []
    const states = []
    for (const email of ['free1@alike.test', taken, held, suspended, taken.toUpperCase()]) {
      const asking = await addOwner(service)
      answers.push(withoutIds(await ask(service, asking, email)))
      await service.countMails()
      const [, emails, changes, , , , events] = (await stateOf(service, asking.id)) as object[][]
      states.push([emails?.length, changes?.length, events?.length])
      const status = email.startsWith('free') ? 'sent' : 'dropped'
      assert.deepEqual(await mailsOf(asking.id), [`${email.toLowerCase()} ${status}`])
    }
    assert.equal(answers[0]?.status, 200)
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    for (const state of states) assert.deepEqual(state, states[0])
  })

  it('ends the request before and its code, whether or not the newer address is taken (security 14, 22)', async () => {
    const taken = (await addOwner(service)).email
    for (const newer of [service.email(), taken]) {
      const { code } = await askForMail(service, user, service.email())
      assert.equal((await ask(service, user, newer)).status, 200)
      await service.countMails()
      assertProblem(await confirm(service, code), 400, 'code_invalid')
    }
    assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
  })

  it('leaves one of several requests that come at once', async () => {
    const letGo = await holdMails(service, 'choice')
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(service, user, service.email())))
    for (const { status } of answers) assert.equal(status, 200)
    await letGo()
    await service.countMails()
    const changes = await service.sql<{ address: string }>('select address from email_changes where user_id = $1', [
      user.id,
    ])
    assert.equal(changes.length, 1)
    const sent = (await mailsOf(user.id)).filter((mail) => mail.endsWith(' sent'))
    assert.deepEqual(sent, [`${String(changes[0]?.address)} sent`])
    const { code } = await service.mailTo(String(changes[0]?.address))
    assert.equal((await confirm(service, code)).status, 200)
  })

  it('ends when the password is restored, its mail still queued or not: it was asked for with the old one (security 22)', async () => {
    const restore = async () => {
      const code = await insertCode(service, user.id, 'restore')
      const body = { code, password, password_confirm: password }
      assert.equal((await service.call('restorePassword', { body })).status, 200)
    }
    const sent = await askForMail(service, user, service.email())
    await restore()
    assertProblem(await confirm(service, sent.code), 400, 'code_invalid')

    user = await addOwner(service)
    const letGo = await holdMails(service, 'choice')
    const email = service.email()
    await ask(service, user, email)
    await restore()
    await letGo()
    await service.countMails()
    assert.deepEqual(await mailsOf(user.id), [`${email} dropped`])
  })

  it('is refused when the password changes, or the account is suspended, while it is verified (security 29)', async () => {
    for (const change of [`password_hash = '\\x00'`, 'is_active = false']) {
      user = await addOwner(service)
      const client = new pg.Client({ connectionString: service.databaseUrl })
      await client.connect()
      try {
        await client.query(`begin; update users set ${change} where id = '${user.id}'`)
        const answer = ask(service, user, service.email())
        await waitsForLock(service)
        await client.query('commit')
        assertProblem(await answer, 400, 'current_password_incorrect')
      } finally {
        await client.end()
      }
      assert.deepEqual(await service.sql('select from email_changes where user_id = $1', [user.id]), [])
      assert.deepEqual(await mailsOf(user.id), [])
    }
  })

  it('is a security event, with the client', async () => {
    const body = { current_password: password, email: service.email() }
    const headers = { 'User-Agent': 'a browser' }
    assert.equal((await service.call('changeEmail', { token: user.access, body, headers })).status, 200)
    assert.deepEqual(await eventsOf(service, user.id), [
      { type: 'email_change_requested', actor_id: null, ip_address: '127.0.0.1', user_agent: 'a browser' },
    ])
  })

  it('asks who it is before it looks at the body (decisions 15)', async () => {
    assertUnauthorized(await service.call('changeEmail', { body: { surprise: 1 } }), 'not_authenticated')
    assertUnauthorized(await request({}, user.refresh), 'token_not_valid')
    await service.sql('update users set is_active = false where id = $1', [user.id])
    assertUnauthorized(await ask(service, user, service.email()), 'user_inactive')
    await service.sql('delete from users where id = $1', [user.id])
    assertUnauthorized(await ask(service, user, service.email()), 'user_not_found')
  })

  it('refuses bodies with a fault by its pointer (security 6, 25, 65, 68, 75)', async () => {
    const before = await stateOf(service, user.id)
    const good = { current_password: password, email: service.email() }
    for (const [fault, body] of [
      ['/current_password required', { email: good.email }],
      ['/email required', { current_password: password }],
      ['/current_password type', { ...good, current_password: 12345678 }],
      ['/email type', { ...good, email: null }],
      ['/email format', { ...good, email: 'no address' }],
      ['/email format', { ...good, email: `${good.email},evil@evil.test` }],
      ['/email format', { ...good, email: `a@evil.test\r\nBcc: b@evil.test` }],
      ['/email max_length', { ...good, email: `${'a'.repeat(250)}@example.com` }],
      ['/email format', { ...good, email: `\u0000${good.email}` }],
      ['/current_password pattern', { ...good, current_password: `${password}\u0000` }],
      ['/current_password format', { ...good, current_password: `${password}\ud800` }],
      ['/password unknown_member', { ...good, password }],
      ['/constructor unknown_member', { ...good, constructor: {} }],
    ] as const) {
      const answer = await request(body)
      assertProblem(answer, 400, 'invalid')
      assert.ok(faultsOf(answer).includes(fault), `${JSON.stringify(answer.body)} does not name ${fault}`)
    }
    assert.deepEqual(await stateOf(service, user.id), before)
  })

  it('refuses bodies that are no JSON objects, too large or of another type (security 62–64)', async () => {
    const { method, path } = operationRoutes.changeEmail
    const send = (body: string, type = 'application/json') =>
      service.fetch(path, {
        method,
        headers: { 'Content-Type': type, Authorization: `Bearer ${user.access}` },
        body,
      })
    for (const body of ['', '[]', '"{}"', 'null', '{"']) assertProblem(await send(body), 400, 'invalid')
    assertProblem(await send(JSON.stringify({ email: 'x'.repeat(65_536) })), 413, 'content_too_large')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])
      assertProblem(await send('{}', type), 415, 'unsupported_media_type')
  })
})

/** Until some statement of the service waits for a row. */
async function waitsForLock(service: TestService): Promise<void> {
  const until = Date.now() + 5000
  const waiting = () =>
    service.sql(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  while ((await waiting()).length === 0) assert.ok(Date.now() < until, 'nothing waits')
}
