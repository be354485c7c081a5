import assert from 'node:assert/strict'
import { decodeHtml } from '../support/html.ts'
import { alertOf, fieldErrorOf, headingOf, pageOf, sendForm, textOf, titleOf } from '../support/pages.ts'
import { password, TestService } from '../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../support/users.ts'

const activate = '/account/activate/'
const restore = '/account/restore-password/'
const confirmEmail = '/account/confirm-email/'
const undoEmail = '/account/undo-email/'

describe('a mailed link that does not work', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ PRODUCT_NAME: 'Example <Shop>', PRODUCT_URL: 'https://shop.example/?a=1&b=2' })
  })
  after(() => service.stop())

  const open = async (path: string, code: string) => pageOf(await service.fetch(`${path}?code=${code}`))
  const press = (path: string, code: string) => sendForm(service, path, { code })
  const expire = () => service.sql(`update codes set expires_at = now() - interval '1 second'`)
  const offersMail = (html: string) => /<input id="email" name="email" type="email"/.test(html)

  it('is recognised when the page is opened: expired', async () => {
    const { code: activation } = await insertRegistration(service, service.email(), 'ru')
    const email = service.email()
    const recovery = await insertCode(service, await insertUser(service, email), 'restore')
    await expire()
    const page = await open(activate, activation)
    assert.equal(titleOf(page), 'Ошибка: Срок действия ссылки истёк · Example <Shop>')
    assert.ok(offersMail(page))
    const recoveryPage = await open(restore, recovery)
    assert.equal(headingOf(recoveryPage), 'This link has expired')
    assert.match(recoveryPage, new RegExp(`<input id="email" name="email"[^>]* value="${email}"`))
    assert.doesNotMatch(recoveryPage, /type="password"/)
  })

  it('is recognised when the page is opened: used', async () => {
    const recovery = await insertCode(service, await insertUser(service, service.email()), 'restore')
    const fields = { code: recovery, password: 'another horse', password_confirm: 'another horse' }
    assert.equal((await sendForm(service, restore, fields)).status, 200)
    const page = await open(restore, recovery)
    assert.equal(titleOf(page), 'Error: This link has already been used · Example <Shop>')
    assert.ok(offersMail(page))
    assert.match(page, /<a class="button secondary" href="\/account\/sign-in\/">Sign in<\/a>/)
  })

  it('is recognised when the page is opened: replaced by a newer mail', async () => {
    const { email } = await service.activeUser()
    await service.call('forgotPassword', { body: { email } })
    const first = await service.mailTo(email)
    await service.call('forgotPassword', { body: { email } })
    const second = await service.mailTo(email)
    assert.equal(headingOf(await open(restore, first.code)), 'This link does not work')
    assert.match(textOf(await open(restore, first.code)), /a newer email may have replaced it/)
    assert.equal(headingOf(await open(restore, second.code)), 'Set a new password')
  })

  it('is recognised when the page is opened: the address has another account', async () => {
    const email = service.email()
    const { id, code } = await insertRegistration(service, email)
    const recovery = await insertCode(service, id, 'restore')
    await insertUser(service, email)
    for (const [path, taken] of [
      [activate, code],
      [restore, recovery],
    ] as const) {
      assert.equal(headingOf(await open(path, taken)), 'This link does not work')
      const fields = { code: taken, password: 'another horse', password_confirm: 'another horse' }
      assert.equal((await sendForm(service, path, fields)).status, 400)
    }
  })

  it('is recognised when the page is opened: the code is for another page', async () => {
    const recovery = await insertCode(service, await insertUser(service, service.email()), 'restore')
    for (const path of [activate, confirmEmail, undoEmail])
      assert.equal(headingOf(await open(path, recovery)), 'This link does not work')
  })

  it('of an activation says that the account is active, if it is', async () => {
    const { code } = await insertRegistration(service, service.email())
    await press(activate, code)
    const page = await open(activate, code)
    assert.equal(titleOf(page), 'Your account is active · Example <Shop>')
    assert.match(
      page,
      /<a class="button" href="https:\/\/shop\.example\/\?a=1&amp;b=2">Continue to Example &lt;Shop&gt;<\/a>/,
    )
    assert.doesNotMatch(page, /<form/)
  })

  it('of a second registration says that the account is active, and offers recovery', async () => {
    const email = service.email()
    const [first, second] = [await insertRegistration(service, email), await insertRegistration(service, email)]
    await press(activate, first.code)
    const page = await open(activate, second.code)
    assert.equal(headingOf(page), 'Your account is already active')
    assert.match(page, /<a href="\/account\/forgot-password\/">Recover the password<\/a>/)
  })

  it('of a change of email address says what has happened', async () => {
    const user = await service.signedIn()
    const email = service.email()
    const body = { current_password: user.password, email }
    await service.call('changeEmail', { token: user.access, body })
    const first = await service.mailTo(email)
    await service.call('changeEmail', { token: user.access, body })
    const { code } = await service.mailTo(email)
    assert.equal(headingOf(await open(confirmEmail, first.code)), 'This link does not work')
    assert.match(await open(confirmEmail, first.code), /sign in and request the change again/)
    await press(confirmEmail, code)
    assert.equal(headingOf(await open(confirmEmail, code)), 'Your email address is changed')
    assert.equal(textOf(await open(confirmEmail, code)), `From now on, sign in with ${email}.`)
    const undo = await service.mailTo(user.email)
    await press(undoEmail, undo.code)
    const page = await open(undoEmail, undo.code)
    assert.equal(headingOf(page), 'Your email address is restored')
    assert.ok(offersMail(page))
    assert.equal(headingOf(await open(confirmEmail, code)), 'This link has already been used')
  })

  it('says that the time for an undo has ended', async () => {
    const user = await service.signedIn()
    const email = service.email()
    await service.call('changeEmail', { token: user.access, body: { current_password: user.password, email } })
    await press(confirmEmail, (await service.mailTo(email)).code)
    const { code } = await service.mailTo(user.email)
    await service.sql('update email_changes set undo_until = now() where user_id = $1', [user.id])
    assert.equal(headingOf(await open(undoEmail, code)), 'This link has expired')
  })

  it('says that the account is suspended only to the holder of a code', async () => {
    const id = await insertUser(service, service.email(), { language: 'ru', isActive: false })
    const other = await insertCode(service, await insertUser(service, service.email()), 'restore')
    for (const [path, purpose] of [
      [restore, 'restore'],
      [activate, 'activate'],
      [confirmEmail, 'confirm_email'],
      [undoEmail, 'undo_email'],
    ] as const) {
      const code = await insertCode(service, id, purpose)
      const page = await open(path, code)
      assert.equal(headingOf(page), 'Учётная запись заблокирована')
      assert.doesNotMatch(page, /<form/)
      const pressed = await sendForm(service, path, { code, password, password_confirm: password })
      assert.equal(pressed.status, 400)
      assert.equal(headingOf(pageOf(pressed)), 'Учётная запись заблокирована')
      // The id of the user with a secret of another code.
      const bytes = Buffer.concat([
        Buffer.from(code, 'base64url').subarray(0, 16),
        Buffer.from(other, 'base64url').subarray(16),
      ])
      const forged = await service.fetch(`${path}?code=${bytes.toString('base64url')}`)
      const unknown = await service.fetch(`${path}?code=${Buffer.alloc(36, 7).toString('base64url')}`)
      assert.equal(pageOf(forged), pageOf(unknown))
      assert.equal(headingOf(pageOf(forged)), 'This link does not work')
    }
  })

  it('is read without a change of the database', async () => {
    const { id, code } = await insertRegistration(service, service.email())
    const recovery = await insertCode(service, id, 'restore')
    const state = () =>
      Promise.all(
        ['codes', 'users', 'registrations', 'mails', 'email_changes', 'security_events'].map((table) =>
          service.sql(`select *, xmin from ${table} order by 1, 2`),
        ),
      )
    const before = await state()
    for (const path of [activate, restore, confirmEmail, undoEmail])
      for (const opened of [code, recovery, 'x']) {
        await open(path, opened)
        await service.fetch(`${path}?code=${opened}`, { method: 'HEAD' })
      }
    assert.deepEqual(await state(), before)
  })
})

for (const [path, mailSubject] of [
  [activate, /already have an account/],
  [restore, /password/i],
] as const)
  describe(`the form for a new link at ${path}`, () => {
    let service: TestService

    before(async () => {
      service = await TestService.start()
    })
    after(() => service.stop())

    it('sends a mail, and reveals nothing about the account', async () => {
      const { email } = await service.activeUser()
      const known = await sendForm(service, `${path}?code=x`, { email })
      const unknown = await sendForm(service, `${path}?code=x`, { email: 'nobody@example.com' })
      assert.equal(known.status, 200)
      assert.equal(headingOf(pageOf(known)), 'Check your mail')
      assert.equal(pageOf(known).replaceAll(email, '…'), pageOf(unknown).replaceAll('nobody@example.com', '…'))
      assert.equal(known.headers.get('set-cookie'), null)
      assert.match((await service.mailTo(email)).subject, mailSubject)
    })

    it('sends no mail for a form of another site', async () => {
      const email = service.email()
      const countMails = async () => (await service.sql('select id from mails')).length // those of dropped mails stay
      const before = await countMails()
      const send = (headers: Record<string, string>) => sendForm(service, path, { email }, headers)
      const foreign: Record<string, string>[] = [
        ...['cross-site', 'same-site', 'same-origin, cross-site'].map((site) => ({ 'Sec-Fetch-Site': site })),
        ...['https://evil.example', 'null', `${service.url}.evil.example`, `${service.url}1`].map((Origin) => ({
          Origin,
        })),
        { Origin: service.url, 'Sec-Fetch-Site': 'cross-site' },
      ]
      for (const headers of foreign) assert.equal((await send(headers)).status, 403, JSON.stringify(headers))
      assert.equal(await countMails(), before)
      const own: Record<string, string>[] = [
        ...['same-origin', 'none'].map((site) => ({ 'Sec-Fetch-Site': site })),
        ...[service.url, new URL(service.service.services.config.baseUrl).origin].map((Origin) => ({ Origin })),
        { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, // a page that sends no referrer
        {},
      ]
      for (const headers of own) assert.equal((await send(headers)).status, 200, JSON.stringify(headers))
      assert.equal(await countMails(), before + own.length)
    })

    it('shows a wrong address again, with its error at the field', async () => {
      for (const email of ['', 'nobody', '"><b>', 'a@b@example.com']) {
        const answer = await sendForm(service, path, { email })
        assert.equal(answer.status, 400)
        const html = pageOf(answer)
        assert.match(titleOf(html), /^Error: Get a new link/)
        assert.match(fieldErrorOf(html, 'email'), /such as name@example\.com/)
        assert.match(html, /<input id="email"[^>]* autofocus>/)
        assert.equal(decodeHtml(/<input id="email"[^>]* value="([^"]*)"/.exec(html)?.[1] ?? ''), email)
      }
    })

    it('counts for the limit of such mails, and says when to try again', async () => {
      const limited = await TestService.start({ RATE_LIMITS: 'on', LIMIT_RECOVERY: '2/1h' })
      try {
        const send = () => sendForm(limited, path, { email: 'ann@example.com' })
        for (let time = 1; time <= 2; time++) assert.equal((await send()).status, 200)
        const answer = await send()
        assert.equal(answer.status, 429)
        assert.match(String(answer.headers.get('retry-after')), /^\d+$/)
        const html = pageOf(answer)
        assert.match(alertOf(html), /Please try again in \d+ minutes\./)
        assert.match(html, /<input id="email"[^>]* value="ann@example\.com"/)
        const headers = { Accept: 'application/json' }
        const problem = await sendForm(limited, path, { email: 'ann@example.com' }, headers)
        assert.equal(problem.headers.get('content-type'), 'application/problem+json')
      } finally {
        await limited.stop()
      }
    })
  })
