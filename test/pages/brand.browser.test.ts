import assert from 'node:assert/strict'
import { chromium, type Browser } from 'playwright-core'
import { BrandFolder, png, svg } from '../support/brandFolder.ts'
import { findChromium } from '../support/chromium.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { Visitor } from '../support/visitor.ts'

const word = (colour: string) =>
  `<g fill="${colour}"><circle cx="30" cy="30" r="22"/><path d="M70 18h18v24H70zM100 18h18v24h-18zM130 18h18v24h-18z"/></g>`
// The script would change the title of a page into which the logo is embedded, and of the logo as a page.
const script = '<script>document.documentElement.setAttribute("data-ran", ""); fetch("/ran")</script>'

const own = {
  en: {
    links: { dead: { incomplete: { title: 'Only half of a link' } } },
    entry: { registerPage: { title: 'Join the shop' } },
    account: { profile: { title: 'About you' } },
  },
  ru: {
    links: { dead: { incomplete: { title: 'Только половина ссылки' } } },
    entry: { registerPage: { title: 'Новый покупатель' } },
    account: { profile: { title: 'О вас' } },
  },
}

const legal = {
  en: ['Terms of use', 'Privacy policy'],
  ru: ['Условия использования', 'Политика конфиденциальности'],
}

describe('the brand in a browser', function () {
  this.timeout(120_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    const folder = await BrandFolder.create({
      'colors.json': {
        accent: { light: '#0b6e4f', dark: '#7be0b4' },
        'on-accent': { light: '#ffffff', dark: '#06281d' },
        page: { light: '#f5f1ea', dark: '#14110d' },
      },
      'logo.svg': svg(word('#0b6e4f') + script, 160),
      'logo-dark.svg': svg(word('#7be0b4') + script, 160),
      'logo.png': png(160, 60),
      'texts/en.json': own.en,
      'texts/ru.json': own.ru,
    })
    stops.push(() => folder.remove())
    service = await TestService.start({
      HOST_FOR_SEND_MAIL: 'http://localhost:8000',
      PRODUCT_NAME: 'Example Shop',
      PRODUCT_URL: 'https://shop.example/',
      TERMS_URL: 'https://shop.example/terms',
      PRIVACY_URL: 'https://shop.example/privacy',
      PAGES_DIR: folder.path,
    })
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  for (const language of ['en', 'ru'] as const)
    describe(`in ${language}`, () => {
      let visitor: Visitor
      beforeEach(async () => {
        visitor = await Visitor.open(browser, { language, javaScript: true })
      })
      afterEach(() => visitor.close())

      const open = async (path: string, title: string) => {
        await visitor.page.goto(`${service.url}/account/${path}`)
        await visitor.page.locator('h1', { hasText: title }).waitFor()
      }
      const footer = () => visitor.page.locator('footer a').allTextContents()

      it('is on the registration page, which names the terms of use', async () => {
        await open('register/', own[language].entry.registerPage.title)
        await visitor.inspect('brand-register')
        const width = await visitor.page.evaluate<number>('document.querySelector("header img").naturalWidth')
        assert.ok(width > 0, 'the logo was not loaded')
        const button = () =>
          visitor.page.evaluate<string>('getComputedStyle(document.querySelector("button")).background')
        assert.match(await button(), /rgb\(123, 224, 180\)/)
        await visitor.page.emulateMedia({ colorScheme: 'light' })
        assert.match(await button(), /rgb\(11, 110, 79\)/)
        assert.equal(await visitor.page.locator('form a').getAttribute('href'), 'https://shop.example/terms')
        assert.deepEqual(await footer(), legal[language])
      })

      it('is on a page that the service renders', async () => {
        await open('activate/', own[language].links.dead.incomplete.title)
        await visitor.inspect('brand-link')
        assert.deepEqual(await footer(), legal[language])
      })

      it('is in the language of the user on the pages of the account', async () => {
        const other = language === 'en' ? 'ru' : 'en'
        const { email } = await service.activeUser({ language: other })
        await visitor.page.goto(`${service.url}/account/sign-in/`)
        await visitor.page.fill('[name=email]', email)
        await visitor.page.fill('[name=password]', password)
        await visitor.page.locator('form button').click()
        await visitor.page.locator('h1', { hasText: own[other].account.profile.title }).waitFor()
        assert.deepEqual(await footer(), legal[other])
        await visitor.inspect('brand-profile')
      })
    })

  it('shows another logo in the dark scheme', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' })
    await page.goto(`${service.url}/account/activate/`)
    const source = () => page.evaluate<string>('document.querySelector("header img").currentSrc')
    assert.match(await source(), /\/logo-dark-/)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.reload()
    assert.match(await source(), /\/logo-(?!dark-)/)
    await page.close()
  })

  it('runs no script in a logo, neither on a page nor as a page', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const requests: string[] = []
    page.on('request', (request) => requests.push(new URL(request.url()).pathname))
    await page.goto(`${service.url}/account/activate/`)
    const logo = await page.evaluate<string>('document.querySelector("header img").src')
    await page.goto(logo)
    assert.equal(await page.evaluate('document.querySelectorAll("script").length'), 1, 'the logo is not shown')
    assert.equal(await page.evaluate('document.documentElement.hasAttribute("data-ran")'), false)
    assert.equal(await page.evaluate('origin'), 'null')
    assert.ok(!requests.includes('/ran'))
    await context.close()
  })

  it('is in the gallery of mails', async () => {
    const page = await browser.newPage()
    const messages: string[] = []
    page.on('console', (message) => messages.push(message.text()))
    await page.goto(`${service.url}/mails/samples/en/restore`)
    assert.equal(await page.evaluate('document.querySelector("header img").naturalWidth'), 160)
    assert.deepEqual(messages, [])
    await page.close()
  })

  it('leaves mails readable, in light and dark', async () => {
    // The policy of a mail would keep axe-core from running.
    const visitor = await Visitor.open(browser, { language: 'en', javaScript: true, bypassCSP: true })
    await visitor.page.goto(`${service.url}/mails/samples/en/restore`)
    await visitor.inspect('brand-mail')
    await visitor.close()
  })
})
