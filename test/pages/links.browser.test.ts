import assert from 'node:assert/strict'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../support/chromium.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { insertCode, insertUser } from '../support/users.ts'
import { Visitor } from '../support/visitor.ts'

const productName = 'Example Shop'
const newPassword = 'seven winds over the gatehouse'

const words = {
  en: {
    active: 'Your account is active',
    restored: 'Your new password is set',
    changed: 'Your email address is changed',
    undone: 'Your email address is restored',
    used: 'This link has already been used',
    sent: 'Check your mail',
    expired: 'This link has expired',
    suspended: 'Your account is suspended',
    missing: 'This page does not exist',
    incomplete: 'This link is incomplete',
    error: 'Error: ',
    next: `Continue to ${productName}`,
  },
  ru: {
    active: 'Учётная запись активна',
    restored: 'Новый пароль сохранён',
    changed: 'Адрес почты изменён',
    undone: 'Прежний адрес возвращён',
    used: 'Ссылка уже использована',
    sent: 'Проверьте почту',
    expired: 'Срок действия ссылки истёк',
    suspended: 'Учётная запись заблокирована',
    missing: 'Такой страницы нет',
    incomplete: 'Ссылка неполная',
    error: 'Ошибка: ',
    next: `Перейти в ${productName}`,
  },
}

describe('the pages of mailed links in a browser', () => {
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start({ PRODUCT_NAME: productName, PRODUCT_URL: 'https://shop.example/' })
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  /** Returns the URL of a mailed link on this service, after a mail scanner has opened the link. */
  async function scanned(link: string): Promise<string> {
    const { pathname, search } = new URL(link)
    const url = `${service.url}${pathname}${search}`
    for (const method of ['HEAD', 'GET'])
      await fetch(url, { method, headers: { Accept: 'text/html', 'User-Agent': 'scanner' } })
    return url
  }

  for (const javaScript of [false, true])
    for (const language of ['en', 'ru'] as const) {
      const t = words[language]

      describe(`in ${language}, ${javaScript ? 'with' : 'without'} JavaScript`, () => {
        let visitor: Visitor

        beforeEach(async () => {
          visitor = await Visitor.open(browser, { language, javaScript })
        })
        afterEach(() => visitor.close())

        const heading = () => visitor.page.locator('h1').textContent()
        const press = () => visitor.page.locator('button').click()
        const register = async (email: string) =>
          service.call('registerUser', { body: { email, password, password_confirm: password, language } })
        const changeEmail = async (email: string, next: string) => {
          const { access } = await service.signIn(email)
          await service.call('changeEmail', { token: access, body: { current_password: password, email: next } })
        }

        it('activate an account by one press after the scanner’s visit', async () => {
          const email = service.email()
          await register(email)
          const url = await scanned((await service.mailTo(email)).link)
          await visitor.page.goto(url)
          await visitor.inspect('activate')
          await press()
          assert.equal(await heading(), t.active)
          assert.equal(await visitor.page.locator('a.button').textContent(), t.next)
          assert.equal(await visitor.page.locator('a.button').getAttribute('href'), 'https://shop.example/')
          await visitor.inspect('activate-done')
          await service.signIn(email)
          await visitor.page.goto(url)
          assert.equal(await heading(), t.active)
        })

        it('set a new password, and explain every mistake at its field', async () => {
          const { email } = await service.activeUser({ language })
          await service.call('forgotPassword', { body: { email } })
          const url = await scanned((await service.mailTo(email)).link)
          const { page } = visitor
          await page.goto(url)
          await visitor.inspect('restore')
          assert.equal(await page.locator('[autocomplete=username]').inputValue(), email)
          assert.equal(await page.locator('[autocomplete=new-password]').count(), 2)
          await page.fill('#password', 'short')
          await page.fill('#password_confirm', 'longer')
          await page.keyboard.press('Enter')
          await page.waitForSelector('#password-error')
          assert.ok((await page.title()).startsWith(t.error))
          assert.equal(await page.locator('[aria-invalid=true]').count(), 2)
          await page.locator('#password:focus').waitFor()
          await visitor.inspect('restore-errors')
          await page.fill('#password', newPassword)
          await page.fill('#password_confirm', newPassword)
          await press()
          assert.equal(await heading(), t.restored)
          await visitor.inspect('restore-done')
          const credentials = { email, password: newPassword }
          assert.equal((await service.call('createToken', { body: credentials })).status, 200)
          await page.goto(url)
          assert.equal(await heading(), t.used)
        })

        it('lead from a dead link to a new one', async () => {
          const { email } = await service.activeUser({ language })
          const { page } = visitor
          await service.call('forgotPassword', { body: { email } })
          const { link } = await service.mailTo(email)
          await service.sql(`update codes set expires_at = now() where purpose = 'restore'`)
          await page.goto(await scanned(link))
          assert.equal(await heading(), t.expired)
          await visitor.inspect('expired')
          await page.fill('#email', 'nobody')
          await press()
          assert.equal(await page.locator('#email').inputValue(), 'nobody')
          await visitor.inspect('renewal-error')
          await page.fill('#email', email)
          await page.keyboard.press('Enter')
          await page.locator('h1', { hasText: t.sent }).waitFor()
          await visitor.inspect('renewal-sent')
          await page.goto(await scanned((await service.mailTo(email)).link))
          assert.equal(await page.locator('#password').count(), 1)
        })

        it('confirm a new email address, and undo the change', async () => {
          const { email } = await service.activeUser({ language })
          const next = service.email()
          await changeEmail(email, next)
          await visitor.page.goto(await scanned((await service.mailTo(next)).link))
          await visitor.inspect('confirm-email')
          await press()
          assert.equal(await heading(), t.changed)
          await visitor.inspect('confirm-email-done')
          await visitor.page.goto(await scanned((await service.mailTo(email)).link))
          assert.ok((await visitor.page.locator('main').textContent())?.includes(email))
          await visitor.inspect('undo-email')
          await press()
          assert.equal(await heading(), t.undone)
          await visitor.inspect('undo-email-done')
          await visitor.page.goto(await scanned((await service.mailTo(email)).link))
          assert.equal(await visitor.page.locator('#password').count(), 1)
        })

        it('say when to try again after too many requests, and keep what was typed', async () => {
          const limited = await TestService.start({ RATE_LIMITS: 'on', LIMIT_RECOVERY: '1/1h' })
          try {
            const { page } = visitor
            for (const expected of ['h1', '[role=alert]']) {
              await page.goto(`${limited.url}/account/restore-password/`)
              await page.fill('#email', 'ann@example.com')
              await press()
              await page.locator(expected).waitFor()
            }
            assert.equal(await page.locator('#email').inputValue(), 'ann@example.com')
            await visitor.inspect('too-many')
          } finally {
            await limited.stop()
          }
        })

        it('send their origin with the form for a new link, but no path and no code', async () => {
          const { page } = visitor
          for (const name of ['activate', 'restore-password']) {
            await page.goto(`${service.url}/account/${name}/?code=secret`)
            await page.fill('#email', 'ann@example.com')
            const [request] = await Promise.all([
              page.waitForRequest((sent) => sent.method() === 'POST'),
              page.locator('form button').click(),
            ])
            const { origin, referer } = await request.allHeaders()
            assert.deepEqual([origin, referer], [service.url, `${service.url}/`])
          }
        })

        it('explain a suspended account, an incomplete link and a wrong path', async () => {
          const long = `${'a.rather.long.name.'.repeat(3)}${service.email()}`
          const id = await insertUser(service, long, { language })
          const code = await insertCode(service, id, 'restore')
          const { page } = visitor
          await page.goto(`${service.url}/account/restore-password/?code=${code}`)
          await visitor.inspect('restore-long-address')
          await service.sql('update users set is_active = false where id = $1', [id])
          await page.reload()
          assert.equal(await heading(), t.suspended)
          await visitor.inspect('suspended')
          await page.goto(`${service.url}/account/activate/`)
          assert.equal(await heading(), t.incomplete)
          await visitor.inspect('incomplete')
          await page.goto(`${service.url}/account/nothing/`)
          assert.equal(await heading(), t.missing)
          await visitor.inspect('not-found')
        })
      })
    }
})
