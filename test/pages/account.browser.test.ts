import assert from 'node:assert/strict'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from '../support/chromium.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { Visitor } from '../support/visitor.ts'

const productName = 'Example Shop'
const newPassword = 'seven winds over the gatehouse'

const words = {
  en: {
    signIn: 'Sign in',
    register: 'Create an account',
    checkMail: 'Check your mail',
    forgot: 'Forgot your password?',
    resend: 'Get a new activation link',
    profile: 'Your profile',
    password: 'Change your password',
    email: 'Change your email address',
    sessions: 'Where you are signed in',
    history: 'Your sign-ins',
    events: 'Security events',
    data: 'Your data',
    other: 'Русский',
  },
  ru: {
    signIn: 'Вход',
    register: 'Новая учётная запись',
    checkMail: 'Проверьте почту',
    forgot: 'Забыли пароль?',
    resend: 'Новая ссылка для активации',
    profile: 'Ваш профиль',
    password: 'Смена пароля',
    email: 'Смена адреса почты',
    sessions: 'Где вы вошли',
    history: 'Ваши входы',
    events: 'События безопасности',
    data: 'Ваши данные',
    other: 'English',
  },
}

describe('the pages of the account in a browser', function () {
  this.timeout(120_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start({
      PRODUCT_NAME: productName,
      PRODUCT_URL: 'https://shop.example/',
      CORS_ORIGINS: 'http://localhost:1',
    })
    stops.push(() => service.stop())
    // A host without TLS that is not this machine. Browsers refuse cookies with Secure from there.
    const args = [...launch.args, '--host-resolver-rules=MAP gatehouse.test 127.0.0.1']
    browser = await chromium.launch({ ...launch, args })
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  for (const language of ['en', 'ru'] as const) {
    const t = words[language]

    describe(`in ${language}`, () => {
      let visitor: Visitor
      const open = (path: string) => visitor.page.goto(`${service.url}/account/${path}`)
      const heading = (text: string) => visitor.page.locator('h1', { hasText: text }).waitFor()
      const submit = () => visitor.page.locator('form button').last().click()
      const fill = (name: string, value: string) => visitor.page.fill(`[name=${name}]`, value)
      const errors = () => visitor.page.locator('.error').count()

      beforeEach(async () => {
        visitor = await Visitor.open(browser, { language, javaScript: true })
      })
      afterEach(() => visitor.close())

      const signIn = async (email: string, query = '') => {
        await open(`sign-in/${query}`)
        await heading(t.signIn)
        await fill('email', email)
        await fill('password', password)
        await submit()
      }

      it('lead from registration by the mailed link to the signed-in account', async () => {
        const email = service.email()
        await open('register/')
        await heading(t.register)
        await visitor.inspect('register')
        await submit()
        await visitor.page.locator('.error').nth(1).waitFor()
        assert.equal(await errors(), 2)
        await visitor.page.locator('[name=email]:focus').waitFor()
        await visitor.inspect('register-errors')
        await fill('email', email)
        await fill('password', 'short')
        await submit()
        await visitor.page.locator('[name=password][aria-invalid]').waitFor()
        assert.equal(await visitor.page.inputValue('[name=email]'), email)
        await fill('password', password)
        await submit()
        await heading(t.checkMail)
        await visitor.inspect('register-sent')
        const { pathname, search } = new URL((await service.mailTo(email)).link)
        await visitor.page.goto(`${service.url}${pathname}${search}`)
        await visitor.page.locator('form button').click()
        await visitor.page.locator(`a[href$="/account/sign-in/"]`).click()
        await heading(t.signIn)
        await visitor.inspect('sign-in')
        await fill('email', email)
        await fill('password', 'a wrong password')
        await submit()
        await visitor.page.locator('[role=alert]').waitFor()
        await visitor.inspect('sign-in-wrong')
        await fill('password', password)
        await submit()
        await heading(t.profile)
        assert.equal(await visitor.page.evaluate('document.documentElement.lang'), language)
      })

      it('request recovery and activation mails', async () => {
        const { email } = await service.activeUser({ language })
        for (const [path, title] of [
          ['forgot-password/', t.forgot],
          ['resend-activation/', t.resend],
        ] as const) {
          await open(path)
          await heading(title)
          await visitor.inspect(path.slice(0, -1))
          await fill('email', email)
          await submit()
          await heading(t.checkMail)
        }
        assert.match((await service.mailTo(email)).link, /restore-password/)
        await visitor.inspect('mail-requested')
      })

      it('show and change everything of the signed-in account', async () => {
        const { email } = await service.activeUser({ language })
        await service.signIn(email, { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0' })
        await signIn(email)
        await heading(t.profile)
        await visitor.inspect('profile')
        await fill('first_name', 'Ann')
        await submit()
        await visitor.page.locator('[role=status]').waitFor()
        const follow = async (page: string, title: string) => {
          await visitor.page.locator(`nav a[href="/account/${page}/"]`).click()
          await heading(title)
          await visitor.page.locator('.hint', { hasText: /…$/ }).waitFor({ state: 'detached' })
          await visitor.inspect(page)
        }
        await follow('sessions', t.sessions)
        assert.equal(await visitor.page.locator('.list li').count(), 2)
        await visitor.page.locator('.list button').click()
        await visitor.page.locator('.list li').nth(1).waitFor({ state: 'detached' })
        await follow('history', t.history)
        assert.equal(await visitor.page.locator('tbody tr').count(), 2)
        await visitor.page.locator('summary').click()
        await fill('user_agent', 'Firefox')
        await submit()
        await visitor.page.locator('tbody tr').nth(1).waitFor({ state: 'detached' })
        assert.match(visitor.page.url(), /\?user_agent=Firefox$/)
        assert.match((await visitor.page.locator('tbody').textContent()) ?? '', /Firefox/)
        await visitor.inspect('history-filtered')
        await visitor.page.goBack()
        await visitor.page.locator('tbody tr').nth(1).waitFor()
        await follow('events', t.events)
        await follow('email', t.email)
        const next = service.email()
        await fill('email', next)
        await fill('current_password', password)
        await submit()
        await visitor.page.locator('[role=status]').waitFor()
        assert.match((await service.mailTo(next)).link, /confirm-email/)
        await follow('password', t.password)
        await fill('current_password', 'wrong')
        await fill('password', newPassword)
        await submit()
        await visitor.page.locator('[name=current_password][aria-invalid]').waitFor()
        await fill('current_password', password)
        await submit()
        await visitor.page.locator('[role=status]').waitFor()
        await follow('data', t.data)
        const download = visitor.page.waitForEvent('download')
        await visitor.page.locator('[name=current_password]').first().fill(newPassword)
        await visitor.page.locator('form button').first().click()
        assert.equal((await download).suggestedFilename(), 'account.json')
        await visitor.page.locator('[name=current_password]').last().fill(newPassword)
        await submit()
        await heading(t.signIn)
        assert.match(visitor.page.url(), /#deleted$/)
        await visitor.inspect('deleted')
      })

      it('follow a change of the language at once', async () => {
        const { email } = await service.activeUser({ language })
        await signIn(email)
        await heading(t.profile)
        await visitor.page.selectOption('#language', { label: t.other })
        await submit()
        await heading(words[language === 'en' ? 'ru' : 'en'].profile)
      })
    })
  }

  describe('a browser that keeps no session', () => {
    const alerts = {
      en: { blocked: /blocks the cookies of this page/, insecure: /is not encrypted.*https/ },
      ru: { blocked: /блокирует файлы cookie/, insecure: /не зашифровано.*https/ },
    }
    for (const language of ['en', 'ru'] as const) {
      describe(`with pages in ${language}`, () => {
        let visitor: Visitor
        beforeEach(async () => {
          visitor = await Visitor.open(browser, { language, javaScript: true })
        })
        afterEach(() => visitor.close())

        const alert = () => visitor.page.locator('[role=alert]')
        const signIn = async (base: string) => {
          const { email } = await service.activeUser()
          await visitor.page.goto(`${base}/account/sign-in/`)
          await visitor.page.fill('[name=email]', email)
          await visitor.page.fill('[name=password]', password)
          await visitor.page.locator('form button').click()
          await alert().waitFor()
          return email
        }
        const liveSessions = (email: string) =>
          service.sql(
            `select from sessions s join users u on u.id = s.user_id where lower(u.email) = $1 and s.ended_at is null`,
            [email],
          )

        for (const [name, value] of [
          ['blocks localStorage', `get() { throw new DOMException('denied', 'SecurityError') }`],
          ['has no localStorage', 'value: null'],
        ] as const)
          it(`is told what to do on each page if it ${name}`, async () => {
            await visitor.page.addInitScript(`Object.defineProperty(window, 'localStorage', { ${value} })`)
            for (const path of ['', 'sessions/', 'sign-in/']) {
              await visitor.page.goto(`${service.url}/account/${path}`)
              await alert().waitFor()
              assert.match((await alert().textContent()) ?? '', alerts[language].blocked)
            }
            await visitor.inspect('storage-blocked')
            await visitor.page.goto(`${service.url}/account/register/`)
            await visitor.page.locator('[name=email]').waitFor()
          })

        it(`is told what to do if it refuses the cookie`, async () => {
          await visitor.page.route('**/api/v1/auth/token/', async (route) => {
            const response = await route.fetch()
            await visitor.page.context().clearCookies()
            const { 'set-cookie': _, ...headers } = response.headers()
            await route.fulfill({ response, headers })
          })
          const email = await signIn(service.url)
          assert.match((await alert().textContent()) ?? '', alerts[language].blocked)
          await visitor.inspect('cookie-refused')
          assert.equal(await visitor.page.evaluate('localStorage.length'), 0)
          assert.deepEqual(await liveSessions(email), [])
        })

        it(`is told to use https if the connection is not encrypted`, async () => {
          const { port } = new URL(service.url)
          const email = await signIn(`http://gatehouse.test:${port}`)
          assert.match((await alert().textContent()) ?? '', alerts[language].insecure)
          await visitor.inspect('cookie-insecure')
          assert.deepEqual(await liveSessions(email), [])
        })
      })
    }
  })

  describe('the page of an account that ends while the page is open', () => {
    const titles = {
      en: { suspended: 'Your account is suspended', deleted: 'Your account was deleted' },
      ru: { suspended: 'Ваша учётная запись заблокирована', deleted: 'Ваша учётная запись удалена' },
    }
    const statements = {
      suspended: 'update users set is_active = false where lower(email) = $1',
      deleted: 'delete from users where lower(email) = $1',
    }
    const actions: Record<string, (page: Page) => Promise<void>> = {
      'opens another page': (page) => page.locator('nav a[href="/account/sessions/"]').click(),
      'sends a form': (page) => page.locator('form button').last().click(),
    }

    for (const language of ['en', 'ru'] as const)
      for (const state of ['suspended', 'deleted'] as const)
        for (const [action, act] of Object.entries(actions))
          it(`says so and leads on in ${language} if it was ${state} and the user ${action}`, async () => {
            const visitor = await Visitor.open(browser, { language, javaScript: true })
            const { page } = visitor
            const [first, other] = [await service.activeUser({ language }), await service.activeUser({ language })]
            const signIn = async (email: string) => {
              await page.fill('[name=email]', email)
              await page.fill('[name=password]', password)
              await page.locator('form button').click()
              await page.locator('h1', { hasText: words[language].profile }).waitFor()
            }
            await page.goto(`${service.url}/account/sign-in/`)
            await signIn(first.email)
            await service.sql(statements[state], [first.email])
            await act(page)
            await page.locator('h1', { hasText: titles[language][state] }).waitFor()
            await visitor.inspect(`account-${state}`)
            await page.locator('main button').click()
            await page.waitForURL(`${service.url}/account/sign-in/`)
            await signIn(other.email)
            await page.locator('.hint', { hasText: other.email }).waitFor()
            await visitor.close()
          })
  })

  describe('a session in the browser', () => {
    let visitor: Visitor
    beforeEach(async () => {
      visitor = await Visitor.open(browser, { language: 'en', javaScript: true })
    })
    afterEach(() => visitor.close())

    const signIn = async (page = visitor.page, query = '') => {
      const { email } = await service.activeUser()
      await page.goto(`${service.url}/account/sign-in/${query}`)
      await page.fill('[name=email]', email)
      await page.fill('[name=password]', password)
      await page.locator('form button').click()
      return email
    }

    it('is in no storage that scripts can read, and survives a reload', async () => {
      await signIn()
      await visitor.page.locator('h1', { hasText: 'Your profile' }).waitFor()
      const stored = await visitor.page.evaluate<string>(
        'JSON.stringify([localStorage, sessionStorage, document.cookie])',
      )
      assert.doesNotMatch(stored, /eyJ/)
      await visitor.page.reload()
      await visitor.page.locator('h1', { hasText: 'Your profile' }).waitFor()
    })

    it('ends in all tabs when the user signs out in one', async () => {
      await signIn()
      await visitor.page.locator('h1', { hasText: 'Your profile' }).waitFor()
      const other = await visitor.page.context().newPage()
      await other.goto(`${service.url}/account/sessions/`)
      await other.locator('h1', { hasText: 'Where you are signed in' }).waitFor()
      await visitor.page.locator('nav button').click()
      await visitor.page.locator('h1', { hasText: 'Sign in' }).waitFor()
      await other.waitForURL(/sign-in\/\?return_to=%2Faccount%2Fsessions%2F$/)
    })

    it('begins where the user wanted to go', async () => {
      await visitor.page.goto(`${service.url}/account/history/?user_agent=x`)
      await visitor.page.waitForURL(/return_to=/)
      const email = await service.activeUser()
      await visitor.page.fill('[name=email]', email.email)
      await visitor.page.fill('[name=password]', password)
      await visitor.page.locator('form button').click()
      await visitor.page.waitForURL(`${service.url}/account/history/?user_agent=x`)
    })

    it('returns to an allowed origin, and to no other', async () => {
      for (const [to, expected] of [
        ['https://shop.example/cart?x=1', 'https://shop.example/cart?x=1'],
        ['https://evil.example/', `${service.url}/account/`],
        ['//evil.example/', `${service.url}/account/`],
      ] as const) {
        const guest = await Visitor.open(browser, { language: 'en', javaScript: true })
        await guest.page.route(/\.example\//, (route) => route.fulfill({ body: 'the product' }))
        await signIn(guest.page, `?${new URLSearchParams({ return_to: to }).toString()}`)
        await guest.page.waitForURL(expected)
        await guest.close()
      }
    })

    it('can be begun by the keyboard alone, on a phone', async () => {
      const { email } = await service.activeUser()
      const { page } = visitor
      await page.setViewportSize({ width: 320, height: 640 })
      await page.goto(`${service.url}/account/sign-in/`)
      await page.locator('[name=email]:focus').waitFor()
      await page.keyboard.type(email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(password)
      await page.keyboard.press('Enter')
      await page.locator('h1:focus', { hasText: 'Your profile' }).waitFor()
      for (let presses = 0; presses < 30; presses++) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate<string>('document.activeElement.getAttribute("href")')) === '/account/sessions/') break
      }
      await page.keyboard.press('Enter')
      await page.locator('h1:focus', { hasText: 'Where you are signed in' }).waitFor()
    })
  })
})
