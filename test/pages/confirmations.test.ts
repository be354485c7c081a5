import assert from 'node:assert/strict'
import { decodeHtml } from '../support/html.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService, type Answer } from '../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../support/users.ts'

const pagePolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const newPassword = 'another horse, another battery'

/** Returns the HTML of a page, after checks that every page must pass. */
function pageOf({ headers, body }: Answer): string {
  const html = String(body['text'])
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal(headers.get('content-security-policy'), pagePolicy)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('vary'), 'Accept-Language')
  assert.equal(headers.get('set-cookie'), null)
  assert.doesNotMatch(html.replace(/"[^"]*"/g, '""'), /<script|\son\w+=|style=|javascript:/i)
  return html
}

/** Returns the value that a browser would send for the hidden field with the code. */
function hiddenCode(html: string): string {
  const [, value = ''] = /<input type="hidden" name="code" value="([^"]*)">/.exec(html) ?? []
  return decodeHtml(value)
}

describe('the pages of mailed links', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const post = (path: string, fields: Record<string, string> | string, language = 'en') =>
    service.fetch(path, {
      method: 'POST',
      headers: { 'Accept-Language': language, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  const alertOf = (html: string) => /<p role="alert">([^<]*)<\/p>/.exec(html)?.[1] ?? ''

  for (const [path, title, titel] of [
    ['/account/activate/', 'Confirm your address', 'Подтвердите адрес'],
    ['/account/restore-password/', 'Set a new password', 'Новый пароль'],
    ['/account/confirm-email/', 'Confirm your new address', 'Подтвердите новый адрес'],
    ['/account/undo-email/', 'Take your account back', 'Верните свою учётную запись'],
  ] as const) {
    describe(`the page ${path}`, () => {
      it('shows a form without scripts, in the browser’s language', async () => {
        for (const [language, lang, expected] of [
          ['', 'en', title],
          ['fr', 'en', title],
          ['en-GB,ru;q=0.5', 'en', title],
          ['ru-RU,ru;q=0.9,en;q=0.8', 'ru', titel],
        ] as const) {
          const answer = await service.fetch(`${path}?code=abc`, { headers: { 'Accept-Language': language } })
          assert.equal(answer.status, 200)
          const html = pageOf(answer)
          assert.match(html, new RegExp(`<html lang="${lang}">[^]*<h1>${expected}</h1>[^]*<form method="post">`))
          assert.equal(hiddenCode(html), 'abc')
        }
      })

      it('links to an existing style sheet', async () => {
        const [, href = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(pageOf(await service.fetch(path))) ?? []
        const { status, headers } = await service.fetch(href)
        assert.equal(status, 200)
        assert.equal(headers.get('content-type'), 'text/css; charset=utf-8')
        assert.match(String(headers.get('cache-control')), /^public, max-age=/)
      })

      it('says that a link without a code is incomplete, and shows no form', async () => {
        for (const query of ['', '?', '?code', '?code=', '?code=%20', '?code=a&code=b', `?code=${'a'.repeat(257)}`]) {
          const answer = await service.fetch(`${path}${query}`)
          assert.equal(answer.status, 200)
          const html = pageOf(answer)
          assert.match(html, new RegExp(`<h1>${title}</h1>`))
          assert.match(alertOf(html), /^This link is incomplete/)
          assert.doesNotMatch(html, /<form/)
        }
        const russian = await service.fetch(path, { headers: { 'Accept-Language': 'ru' } })
        assert.match(alertOf(pageOf(russian)), /^Эта ссылка неполная/)
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
        for (const code of [
          `"><script>alert(1)</script>`,
          `' onfocus=x autofocus '`,
          '&quot;&#34;<',
          '</form><form action=//evil.test>',
        ]) {
          const html = pageOf(await service.fetch(`${path}?${new URLSearchParams({ code }).toString()}`))
          assert.equal(hiddenCode(html), code)
          assert.equal(html.match(/<form/g)?.length, 1)
          const again = pageOf(await post(path, { code }))
          assert.equal(hiddenCode(again), path.includes('restore') ? code : '')
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
        for (const code of ['wrong', '', '\u0000', 'a'.repeat(257)]) {
          const answer = await post(path, { ...fields, code })
          assert.equal(answer.status, 400)
          assert.match(alertOf(pageOf(answer)), /^This link does not work any more/)
        }
        assert.match(alertOf(pageOf(await post(path, fields, 'ru'))), /^Эта ссылка больше не работает/)
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
        assert.match(pageOf(answer), /<p>Your account is active/)
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
      const confirmed = await post(confirm.pathname, { code: hiddenCode(confirm.html) })
      assert.equal(confirmed.status, 200)
      assert.match(pageOf(confirmed), /<p>The address is changed/)
      assert.deepEqual(await emailNow(), { email })

      const undo = await open(await service.mailTo(user.email))
      assert.deepEqual(await emailNow(), { email })
      assert.match(undo.html, /<button>Restore the old address<\/button>/)
      const undone = await post(undo.pathname, { code: hiddenCode(undo.html) }, 'ru')
      assert.equal(undone.status, 200)
      assert.match(pageOf(undone), /<p>Прежний адрес восстановлен/)
      assert.doesNotMatch(pageOf(undone), /<form|role="alert"/)
      assert.deepEqual(await emailNow(), { email: user.email })
      for (const { pathname, html } of [confirm, undo]) {
        const again = await post(pathname, { code: hiddenCode(html) })
        assert.equal(again.status, 400)
        assert.match(alertOf(pageOf(again)), /^This link does not work any more/)
      }
    })
  })

  it('set a new password once, and do not use up the code if a password is refused', async () => {
    const path = '/account/restore-password/'
    const email = service.email()
    const code = await insertCode(service, await insertUser(service, email), 'restore')
    for (const [password, confirm, alert] of [
      [newPassword, 'something else', /do not match/],
      ['1234567', '1234567', /too short/],
      ['a'.repeat(257), 'a'.repeat(257), /cannot be used/],
      [`${newPassword}\u0000`, `${newPassword}\u0000`, /cannot be used/],
      ['', '', /cannot be used/],
    ] as const) {
      const answer = await post(path, { code, password, password_confirm: confirm })
      assert.equal(answer.status, 400)
      const html = pageOf(answer)
      assert.match(alertOf(html), alert)
      assert.equal(hiddenCode(html), code)
      assert.ok(!html.includes(newPassword))
    }
    const word = `${newPassword} + %2B ж`
    const answer = await post(path, { code, password: word, password_confirm: word })
    assert.equal(answer.status, 200)
    const html = pageOf(answer)
    assert.match(html, /<p>The new password is set/)
    assert.doesNotMatch(html, /<form|role="alert"/)
    assert.equal((await service.call('createToken', { body: { email, password: word } })).status, 200)
    const again = await post(path, { code, password: word, password_confirm: word })
    assert.equal(again.status, 200)
    assert.equal(pageOf(again), html)
    assert.equal((await post(path, { code, password: newPassword, password_confirm: newPassword })).status, 400)
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
