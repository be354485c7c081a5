import assert from 'node:assert/strict'
import { chromium, type Browser } from 'playwright-core'
import { startLimited } from '../domain/limits/support/attempts.ts'
import { findChromium } from '../support/chromium.ts'
import type { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { addOwner } from '../support/users.ts'
import { addConsoleData } from './support/consoleData.ts'
import { addSuperuser, ConsoleVisitor } from './support/consoleVisitor.ts'

const headings = {
  en: {
    '': 'Overview',
    'users/': 'Users',
    'users/new/': 'New user',
    'sign-ins/': 'Sign-ins',
    'events/': 'Security events',
    'mails/': 'Outbox',
    'mails/suppressed/': 'Suppressed addresses',
    'lockouts/': 'Lockouts',
    'limits/': 'Limits',
    'keys/': 'Signing keys',
  },
  ru: {
    '': 'Обзор',
    'users/': 'Пользователи',
    'users/new/': 'Новый пользователь',
    'sign-ins/': 'Входы',
    'events/': 'События безопасности',
    'mails/': 'Исходящие письма',
    'mails/suppressed/': 'Адреса без писем',
    'lockouts/': 'Блокировки входа',
    'limits/': 'Ограничения',
    'keys/': 'Ключи подписи',
  },
}
/** Finds the parts of a page that are wider than the page, on the widths between phones and desktops. */
const findWideElements = `(() => {
  const { right } = document.querySelector('.console > section').getBoundingClientRect()
  const isWide = (element) => element.getBoundingClientRect().right > right + 1
  return [...document.querySelectorAll('.console > section *')]
    .filter((element) => element.checkVisibility() && !element.closest('.chart, .unseen, thead, caption, option'))
    .filter((element) => isWide(element) && !isWide(element.parentElement))
    .map((element) => element.outerHTML.slice(0, 100))
})()`
const refused = { en: 'Only for administrators', ru: 'Только для администраторов' }

describe('the pages of the console in a browser', function () {
  this.timeout(180_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  let visitor: ConsoleVisitor
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await startLimited({ PRODUCT_NAME: 'Example Shop' })
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
    await addConsoleData(service)
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  afterEach(() => visitor.visitor.close())

  for (const language of ['en', 'ru'] as const) {
    it(`are shown in ${language}, on phones and desktops, in light and dark`, async () => {
      visitor = await ConsoleVisitor.enter(browser, service, await addSuperuser(service, language), { language })
      for (const [page, text] of Object.entries(headings[language])) {
        await visitor.open(page)
        await visitor.heading(text)
        for (const width of [641, 800, 959, 961, 1100, 1280, 1920]) {
          await visitor.page.setViewportSize({ width, height: 800 })
          assert.deepEqual(await visitor.page.evaluate(findWideElements), [], `${page}, ${width} px`)
        }
        await visitor.visitor.inspect(`console-${page.replaceAll('/', '') || 'overview'}`)
      }
      const [ann] = await service.sql<{ id: string }>(`select id from users where first_name = 'Ann'`)
      await visitor.open(`users/${ann?.id}/`)
      await visitor.visitor.inspect('console-user')
    })

    it(`refuse a user who is not a superuser, in ${language}`, async () => {
      const user = await addOwner(service)
      await service.sql('update users set language = $2 where id = $1', [user.id, language])
      visitor = await ConsoleVisitor.enter(browser, service, user, { page: 'users/', language })
      await visitor.heading(refused[language])
      await visitor.visitor.inspect('console-refused')
      await visitor.page.locator('a.button[href="/account/"]').click()
      await visitor.page.waitForURL(`${service.url}/account/`)
    })
  }
})
