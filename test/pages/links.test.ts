import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { alertOf, fieldErrorOf, headingOf, hiddenCode, pageOf, sendForm, textOf, titleOf } from '../support/pages.ts'
import { TestService } from '../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../support/users.ts'

const newPassword = 'another horse, another battery'

describe('the pages of mailed links', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const post = (path: string, fields: Record<string, string> | string) => sendForm(service, path, fields)

  /** Creates a link with a valid, unused code for each page. */
  const makers = {
    '/account/activate/': async (language: 'en' | 'ru') =>
      (await insertRegistration(service, service.email(), language)).code,
    '/account/restore-password/': async (language: 'en' | 'ru') =>
      insertCode(service, await insertUser(service, service.email(), { language }), 'restore'),
    '/account/confirm-email/': async (language: 'en' | 'ru') => insertChange(language, 'confirm_email'),
    '/account/undo-email/': async (language: 'en' | 'ru') => insertChange(language, 'undo_email'),
  }

  async function insertChange(language: 'en' | 'ru', purpose: 'confirm_email' | 'undo_email'): Promise<string> {
    const id = await insertUser(service, service.email(), { language })
    const code = await insertCode(service, id, purpose)
    const isConfirmed = purpose === 'undo_email'
    await service.sql(
      `with change as (
         insert into email_changes (user_id, id, address, email, old_address, old_email, confirmed_at)
         values ($1, gen_random_uuid(), $2, $2, $3, $3, $4) returning user_id, id
       )
       update codes set about = change.id from change where codes.user_id = change.user_id`,
      [id, service.email(), isConfirmed ? service.email() : null, isConfirmed ? new Date() : null],
    )
    return code
  }

  for (const [path, title, titel] of [
    ['/account/activate/', 'Confirm your email address', 'Подтвердите адрес почты'],
    ['/account/restore-password/', 'Set a new password', 'Задайте новый пароль'],
    ['/account/confirm-email/', 'Confirm your new email address', 'Подтвердите новый адрес почты'],
    ['/account/undo-email/', 'Take your account back', 'Верните свою учётную запись'],
  ] as const) {
    describe(`the page ${path}`, () => {
      it('shows a form without scripts, in the language of the account', async () => {
        for (const [language, expected] of [
          ['en', title],
          ['ru', titel],
        ] as const) {
          const code = await makers[path](language)
          for (const preferred of ['', 'fr', 'en-GB,ru;q=0.5', 'ru-RU,ru;q=0.9,en;q=0.8']) {
            const answer = await service.fetch(`${path}?code=${code}`, { headers: { 'Accept-Language': preferred } })
            assert.equal(answer.status, 200)
            const html = pageOf(answer)
            assert.match(html, new RegExp(`<html lang="${language}">`))
            assert.equal(headingOf(html), expected)
            assert.equal(titleOf(html), `${expected} · accounts.test`)
            assert.equal(hiddenCode(html), code)
          }
        }
      })

      it('uses the language of the browser if the code is unknown', async () => {
        for (const [preferred, lang] of [
          ['', 'en'],
          ['fr', 'en'],
          ['en-GB,ru;q=0.5', 'en'],
          ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
        ] as const) {
          const answer = await service.fetch(`${path}?code=x`, { headers: { 'Accept-Language': preferred } })
          assert.match(pageOf(answer), new RegExp(`<html lang="${lang}">`))
        }
      })

      it('links to an existing style sheet', async () => {
        const [, href = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(pageOf(await service.fetch(path))) ?? []
        const { status, headers } = await service.fetch(href)
        assert.equal(status, 200)
        assert.equal(headers.get('content-type'), 'text/css; charset=utf-8')
        assert.match(String(headers.get('cache-control')), /^public, max-age=/)
      })

      it('says that a link without a code is incomplete, and has no field for a code', async () => {
        for (const query of ['', '?', '?code', '?code=', '?code=%20', '?code=a&code=b', `?code=${'a'.repeat(257)}`]) {
          const answer = await service.fetch(`${path}${query}`)
          assert.equal(answer.status, 200)
          const html = pageOf(answer)
          assert.equal(titleOf(html), 'Error: This link is incomplete · accounts.test')
          assert.match(textOf(html), /^Its code is missing/)
          assert.doesNotMatch(html, /name="(code|password)"/)
        }
        const russian = await service.fetch(path, { headers: { 'Accept-Language': 'ru' } })
        assert.equal(titleOf(pageOf(russian)), 'Ошибка: Ссылка неполная · accounts.test')
      })

      describe('the content type of a form (security 63)', () => {
        it('is parsed, and must be UTF-8', async () => {
          const form = 'application/x-www-form-urlencoded'
          for (const [type, status] of [
            ...[`${form};`, `${form}; charset="UTF-8"`, `${form.toUpperCase()};version=1`].map(
              (good) => [good, 400] as const,
            ),
            ...[`${form}; charset=utf-16`, `${form};charset`, `${form}x`, ''].map((bad) => [bad, 415] as const),
          ]) {
            const headers = { 'Content-Type': type }
            const answer = await service.fetch(path, { method: 'POST', headers, body: 'code=abc' })
            assert.equal(answer.status, status, type)
          }
        })
      })

      it('escapes the code, and sends it back unchanged', async () => {
        const code = await makers[path]('en')
        for (const after of [`">`, `' >`, '<(', '" / >']) {
          const query = new URLSearchParams({ code: `${code}${after}` }).toString()
          const html = pageOf(await service.fetch(`${path}?${query}`))
          assert.equal(hiddenCode(html), `${code}${after}`)
          assert.equal(html.match(/<input type="hidden"[^>]*>/g)?.[0]?.match(/"/g)?.length, 6)
        }
      })

      it('does not show the code of a link that does not work', async () => {
        for (const code of [`"><script>alert(1)</script>`, '&quot;&#34;<', '</form><form action=//evil.test>']) {
          for (const answer of [
            await service.fetch(`${path}?${new URLSearchParams({ code }).toString()}`),
            await post(path, { code }),
          ]) {
            const html = pageOf(answer)
            assert.equal(titleOf(html), 'Error: This link does not work · accounts.test')
            assert.doesNotMatch(html, /alert\(1\)|evil|quot;/)
          }
        }
      })

      it('accepts only GET, HEAD and POST, and GET without the final slash', async () => {
        assert.equal((await service.fetch(`${path.slice(0, -1)}?code=abc`)).status, 200)
        assert.equal((await service.fetch(`${path}?code=abc`, { method: 'HEAD' })).status, 200)
        for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
          const answer = await service.fetch(path, { method })
          assertProblem(answer, 405, 'method_not_allowed')
          assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST')
        }
      })

      it('accepts only forms as a request body', async () => {
        for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
          const body = JSON.stringify({ code: 'abc' })
          const answer = await service.fetch(path, { method: 'POST', headers: { 'Content-Type': type }, body })
          assertProblem(answer, 415, 'unsupported_media_type')
        }
        assertProblem(await post(path, { code: 'a'.repeat(64 * 1024) }), 413, 'content_too_large')
        assertProblem(await post(path, 'code=a&code=b'), 400, 'invalid')
      })

      it('says in both languages that the link of a bad code does not work', async () => {
        const fields = { password: newPassword, password_confirm: newPassword }
        for (const [code, reason] of [
          ['wrong', 'does not work'],
          ['\u0000', 'does not work'],
          ['', 'is incomplete'],
          ['a'.repeat(257), 'is incomplete'],
        ] as const) {
          const answer = await post(path, { ...fields, code })
          assert.equal(answer.status, 400)
          assert.equal(titleOf(pageOf(answer)), `Error: This link ${reason} · accounts.test`)
        }
        const russian = await sendForm(service, path, { ...fields, code: 'x' }, { 'Accept-Language': 'ru' })
        assert.equal(titleOf(pageOf(russian)), 'Ошибка: Ссылка не работает · accounts.test')
      })
    })
  }

  describe('the button of a page (security 30)', () => {
    it('activates the account, unlike opening the page', async () => {
      const email = service.email()
      const { id, code } = await insertRegistration(service, email)
      const html = pageOf(await service.fetch(`/account/activate/?code=${code}`))
      await service.fetch(`/account/activate/?code=${code}`, { method: 'HEAD' })
      assert.deepEqual(await service.sql('select id from users where email = $1', [email]), [])
      for (let click = 1; click <= 2; click++) {
        const answer = await post('/account/activate/', { code: hiddenCode(html) })
        assert.equal(answer.status, 200)
        assert.equal(headingOf(pageOf(answer)), 'Your account is active')
      }
      assert.deepEqual(await service.sql('select id from users where email = $1', [email]), [{ id }])
    })

    it('changes the email address or undoes the change, unlike opening the page', async () => {
      const user = await service.signedIn()
      const email = service.email()
      await service.call('changeEmail', { token: user.access, body: { current_password: user.password, email } })
      const emailNow = async () => (await service.sql('select email from users where id = $1', [user.id]))[0]
      const open = async ({ link }: { link: string }) => {
        const { pathname, search } = new URL(link)
        await service.fetch(`${pathname}${search}`, { method: 'HEAD' })
        return { pathname, html: pageOf(await service.fetch(`${pathname}${search}`)) }
      }
      const [confirm, sent] = [await open(await service.mailTo(email)), await emailNow()]
      assert.deepEqual(sent, { email: user.email })
      assert.match(confirm.html, /<button>Use this address<\/button>/)
      assert.match(textOf(confirm.html), new RegExp(`uses ${email}:`))
      const confirmed = await post(confirm.pathname, { code: hiddenCode(confirm.html) })
      assert.equal(confirmed.status, 200)
      assert.equal(headingOf(pageOf(confirmed)), 'Your email address is changed')
      assert.deepEqual(await emailNow(), { email })

      const undo = await open(await service.mailTo(user.email))
      assert.deepEqual(await emailNow(), { email })
      assert.match(undo.html, /<button>Restore the old address<\/button>/)
      assert.match(textOf(undo.html), new RegExp(`makes ${user.email} its address again`))
      const undone = await post(undo.pathname, { code: hiddenCode(undo.html) })
      assert.equal(undone.status, 200)
      assert.equal(headingOf(pageOf(undone)), 'Your email address is restored')
      assert.match(textOf(pageOf(undone)), new RegExp(`check your mail: we have sent ${user.email} a link`))
      assert.doesNotMatch(pageOf(undone), /<form|role="alert"/)
      assert.deepEqual(await emailNow(), { email: user.email })
      const again = await post(undo.pathname, { code: hiddenCode(undo.html) })
      assert.equal(again.status, 400)
      assert.equal(headingOf(pageOf(again)), 'Your email address is restored')
      const tooLate = await post(confirm.pathname, { code: hiddenCode(confirm.html) })
      assert.equal(tooLate.status, 400)
      assert.equal(titleOf(pageOf(tooLate)), 'Error: This link has already been used · accounts.test')
    })
  })

  it('set a new password once, and do not use up the code if a password is refused', async () => {
    const path = '/account/restore-password/'
    const email = service.email()
    const code = await insertCode(service, await insertUser(service, email), 'restore')
    for (const [password, confirm, first, second] of [
      [newPassword, 'something else', /^$/, /do not match/],
      ['1234567', 'something else', /too short.*at least 8/, /do not match/],
      ['a'.repeat(257), 'a'.repeat(257), /too long/, /too long/],
      [`${newPassword}\u0000`, `${newPassword}\u0000`, /not allowed/, /not allowed/],
      ['', '', /enter a password/, /enter a password/],
    ] as const) {
      const answer = await post(path, { code, password, password_confirm: confirm })
      assert.equal(answer.status, 400)
      const html = pageOf(answer)
      assert.match(fieldErrorOf(html, 'password'), first)
      assert.match(fieldErrorOf(html, 'password_confirm'), second)
      const [, focused] = /<input id="(\w+)"[^>]* autofocus>/.exec(html) ?? []
      assert.equal(focused, first.test('') ? 'password_confirm' : 'password')
      assert.match(titleOf(html), /^Error: Set a new password/)
      assert.equal(hiddenCode(html), code)
      assert.ok(!html.includes(newPassword))
    }
    const word = `${newPassword} + %2B ж`
    const answer = await post(path, { code, password: word, password_confirm: word })
    assert.equal(answer.status, 200)
    const html = pageOf(answer)
    assert.equal(headingOf(html), 'Your new password is set')
    assert.doesNotMatch(html, /<form|role="alert"/)
    assert.equal((await service.call('createToken', { body: { email, password: word } })).status, 200)
    const again = await post(path, { code, password: word, password_confirm: word })
    assert.equal(again.status, 200)
    assert.equal(pageOf(again), html)
    assert.equal((await post(path, { code, password: newPassword, password_confirm: newPassword })).status, 400)
    assert.equal(alertOf(html), '')
  })

  describe('a form that is not UTF-8 (security 6, 64)', () => {
    it('is refused with 400', async () => {
      const code = await insertCode(service, await insertUser(service, service.email()), 'restore')
      const password = '%ff'.repeat(12)
      for (const body of [
        `code=${code}&password=${password}&password_confirm=${password}`,
        Buffer.from('code=\xff', 'latin1'),
      ]) {
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
        assertProblem(
          await service.fetch('/account/restore-password/', { method: 'POST', headers, body }),
          400,
          'invalid',
        )
      }
    })
  })
})
