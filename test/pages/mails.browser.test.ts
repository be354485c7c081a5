import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import { findChromium } from '../support/chromium.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

/** A folder for screenshots, to look at them. Without this variable there are none. */
const screenshots = process.env['SCREENSHOTS']

const settings = {
  HOST_FOR_SEND_MAIL: 'http://localhost:8000',
  PRODUCT_NAME: 'Example Shop',
  PRODUCT_URL: 'https://shop.example.com',
}

declare const document: { documentElement: { scrollWidth: number; clientWidth: number } }
declare const axe: { run: () => Promise<AxeResults> }

describe('mails in a browser', function () {
  this.timeout(120_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  let axeSource: string
  const stops: (() => Promise<unknown>)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    service = await TestService.start(settings)
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
    if (screenshots !== undefined) await mkdir(screenshots, { recursive: true })
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  async function check(page: Page, name: string): Promise<void> {
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: document.documentElement.clientWidth,
    }))
    assert.ok(scroll <= width, `${name} is ${scroll} px wide`)
    await page.evaluate(axeSource)
    const { violations } = await page.evaluate(() => axe.run())
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
      name,
    )
  }

  for (const language of mailLanguages)
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [390, 700])
        it(`are readable without violations of axe-core (${language}, ${colorScheme}, ${width} px)`, async () => {
          const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true })
          const page = await context.newPage()
          for (const name of mailNames) {
            await page.goto(`${service.url}/mails/samples/${language}/${name}`)
            await check(page, name)
            const path = join(screenshots ?? '', `${name}-${language}-${colorScheme}-${width}.png`)
            if (screenshots !== undefined) await page.screenshot({ path, fullPage: true })
          }
          await context.close()
        })

  it('are in the gallery without violations of its policy, and their links work', async () => {
    const email = service.email()
    const body = { email, password, password_confirm: password }
    assert.equal((await service.call('registerUser', { body })).status, 201)
    const { code } = await service.mailTo(email)
    const page = await browser.newPage()
    const messages: string[] = []
    page.on('console', (message) => messages.push(message.text()))
    await page.goto(`${service.url}/mails/`)
    await page.locator('summary').first().click()
    const mail = page.locator('iframe').first().contentFrame()
    await mail.getByRole('heading').waitFor()
    for (const frame of await page.locator('nav ~ section iframe').all()) await frame.scrollIntoViewIfNeeded()
    if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, 'gallery.png') })
    assert.deepEqual(messages, [])
    const opened = page.waitForRequest((request) => request.url().includes('/api/v1/users/activate/'))
    await mail.getByRole('link', { name: 'Confirm my address' }).click({ noWaitAfter: true })
    assert.equal((await opened).url(), `http://localhost:8000/api/v1/users/activate/?code=${code}`)
    await page.close()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    it(`are in a gallery without violations of axe-core (${colorScheme})`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 800 }, bypassCSP: true })
      const page = await context.newPage()
      await page.goto(`${service.url}/mails/`)
      await check(page, 'the gallery')
      await context.close()
    })
})
