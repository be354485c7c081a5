import assert from 'node:assert/strict'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../support/chromium.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { Visitor } from '../support/visitor.ts'

describe('the start page in a browser', () => {
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start({ HOST_FOR_SEND_MAIL: '' })
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  for (const javaScript of [true, false])
    describe(javaScript ? 'with JavaScript' : 'without JavaScript', () => {
      let visitor: Visitor
      beforeEach(async () => {
        visitor = await Visitor.open(browser, { language: 'en', javaScript })
      })
      afterEach(() => visitor.close())

      it('fits every screen, and leads to the page of the newest mail', async () => {
        const { page } = visitor
        await page.goto(service.url)
        await visitor.inspect('start')
        const email = `${'a.rather.long.name.'.repeat(3)}${service.email()}`
        const body = { email, password, password_confirm: password }
        await service.call('registerUser', { body })
        const { code } = await service.mailTo(email)
        await page.reload()
        await visitor.inspect('start-mail')
        assert.ok((await page.locator('.mail').textContent())?.includes(email))
        await page.getByRole('link', { name: 'Follow its link' }).click()
        await page.waitForURL(/\/account\/activate\//)
        assert.equal(new URL(page.url()).searchParams.get('code'), code)
      })
    })

  it('copies a command, by the keyboard too', async () => {
    const visitor = await Visitor.open(browser, { language: 'en', javaScript: true })
    const { page } = visitor
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(service.url)
    await page.getByRole('button', { name: 'Copy: Sign in with the SDK' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Copied').waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), await page.locator('pre').last().textContent())
    await visitor.close()
  })
})
