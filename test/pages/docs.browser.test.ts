import assert from 'node:assert/strict'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../support/chromium.ts'
import { operations } from '../support/operations.ts'
import { PrefixProxy } from '../support/prefixProxy.ts'
import { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { Visitor } from '../support/visitor.ts'

describe('/docs/ in a browser', function () {
  this.timeout(180_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  let visitor: Visitor
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start()
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  beforeEach(async () => {
    visitor = await Visitor.open(browser, { language: 'en', javaScript: true })
  })
  afterEach(() => visitor.close())

  const open = async (hash = '') => {
    await visitor.page.goto(`${service.url}/docs/${hash}`)
    await visitor.page.locator('.opblock').first().waitFor()
  }

  it('shows the id of every operation', async () => {
    await open()
    const ids = await visitor.page.locator('.opblock-summary-operation-id').allTextContents()
    assert.deepEqual(ids.toSorted(), operations.map(({ id }) => id).toSorted())
  })

  it('begins with the operations, and shows the description on demand', async () => {
    const { page } = visitor
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await open()
      const first = await page.locator('.opblock').first().boundingBox()
      assert.ok(first && first.y < 400, `${first?.y} at ${width} px`)
    }
    assert.equal(await page.getByText('Bodies are UTF-8 JSON objects').isVisible(), false)
    await page.getByText('Getting started and conventions').click()
    assert.equal(await page.getByText('Bodies are UTF-8 JSON objects').isVisible(), true)
  })

  it('has no violation of axe and of its policy, in light and dark, on any screen', async () => {
    await open()
    await visitor.inspect('docs')
  })

  it('has none either with opened operations, description and schemas', async () => {
    const { page } = visitor
    await open('#/users/registerUser')
    await page.locator('.opblock.is-open').waitFor()
    for (const id of ['auth-revokeSession', 'logs-listLoginLogs'])
      await page.locator(`#operations-${id} .opblock-summary-control`).click()
    await page.locator('summary').click()
    await page.locator('.models-control').click()
    await page.locator('.json-schema-2020-12').first().waitFor()
    await visitor.inspect('docs-open')
  })

  it('is dark if the browser prefers dark pages', async () => {
    const { page } = visitor
    await open()
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html.dark-mode').waitFor()
    const brightness = await page.evaluate<number>(
      `getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)`,
    )
    assert.ok(brightness < 150)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.locator('html:not(.dark-mode)').waitFor()
  })

  it('sends its requests to the service that serves it, below a path too', async () => {
    const { page } = visitor
    const proxy = await PrefixProxy.start('/accounts')
    proxy.target = service.url
    try {
      await page.goto(`${proxy.url}/docs/#/service/getLiveness`)
      await page.locator('.opblock.is-open .execute').click()
      assert.equal(await page.locator('.live-responses-table .response-col_status').last().textContent(), '200')
      assert.equal(await page.locator('.request-url pre').textContent(), `${proxy.url}/health/live`)
    } finally {
      await proxy.stop()
    }
  })
})
