import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { findFreePort } from '../../scripts/freePort.ts'
import { findChromium } from '../support/chromium.ts'
import { ExampleProduct } from '../support/exampleProduct.ts'
import { skip } from '../support/skip.ts'

const root = join(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/integrate.md'), 'utf8')
const password = 'correct horse battery staple'

const frontEnds = {
  'from the development server of Vite': ['npm run web'],
  'built by Vite with strict TypeScript': ['npm run build', 'npm run preview'],
}

describe('the example product in a browser', function () {
  this.timeout(120_000)
  const launch = findChromium()
  let product: ExampleProduct
  let browser: Browser
  const stops: (() => Promise<void>)[] = []
  let [accounts, api, web, webPort] = ['', '', '', '']

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    product = await ExampleProduct.create()
    stops.push(() => product.stop())
    const ports = [await findFreePort(), await findFreePort(), await findFreePort()].map(String)
    const [accountsPort = '', apiPort = ''] = ports
    webPort = ports[2] ?? ''
    ;[accounts = '', api = '', web = ''] = ports.map((port) => `http://localhost:${port}`)
    const [, sandbox = ''] = /^```sh\n(.*gatehouse sandbox.*)$/m.exec(guide) ?? []
    const command = sandbox.replaceAll('http://localhost:5173', web)
    await product.start(command, `${accounts}/health/ready`, { PORT: accountsPort }, root)
    await product.start('npm run api', api, { PORT: apiPort, ACCOUNTS: accounts, WEB: web })
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  for (const [title, commands] of Object.entries(frontEnds))
    describe(`a front end ${title}`, () => {
      let context: BrowserContext
      let stop: () => Promise<void>
      before(async () => {
        const settings = { VITE_ACCOUNTS: accounts, VITE_API: api }
        for (const command of commands.slice(0, -1)) await product.run(command, settings)
        stop = await product.start(`${commands.at(-1) ?? ''} -- --port ${webPort}`, web, settings)
      })
      after(() => stop())
      beforeEach(async () => {
        assert.equal((await fetch(`${accounts}/sandbox/reset`, { method: 'POST' })).status, 200)
        context = await browser.newContext()
        context.setDefaultTimeout(20_000)
      })
      afterEach(() => context.close())

      const open = async () => {
        const page = await context.newPage()
        await page.goto(web)
        return page
      }
      /** Signs in on the page of the accounts service, which returns to the product. */
      const signIn = async (page: Page, email: string) => {
        await page.getByRole('link', { name: 'Sign in' }).click()
        await page.waitForURL(`${accounts}/account/sign-in/**`)
        await fill(page, { 'Email address': email, Password: password })
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByText(`You are ${email}.`).waitFor()
        assert.equal(page.url(), `${web}/`)
      }

      it('registers a user, activates by the link, signs in, keeps a note and signs out', async () => {
        const page = await open()
        const email = 'new@example.com'
        await page.getByRole('link', { name: 'create an account' }).click()
        await fill(page, { 'Email address': email, Password: password })
        await page.getByRole('button', { name: 'Create my account' }).click()
        await page.getByRole('heading', { name: 'Check your mail' }).waitFor()

        await followMail(page, email)
        await page.getByRole('link', { name: 'Continue to Notes' }).click()
        await page.waitForURL(`${web}/`)
        await signIn(page, email)
        assert.equal(await page.getByRole('heading', { name: 'All notes' }).isVisible(), false)
        await fill(page, { 'Your note': 'to be kept' })
        await page.getByRole('button', { name: 'Save' }).click()
        await says(page, /^Saved/)

        const other = await open() // another tab is signed in too, and shows the note
        await hasNote(other, 'to be kept')
        await other.getByRole('button', { name: 'Sign out' }).click()
        await says(other, /^You are signed out/)
        await page.getByRole('link', { name: 'Sign in' }).waitFor()
        assert.equal(await page.getByLabel('Your note').inputValue(), '')
        assert.equal(await page.evaluate(() => localStorage.length), 0)
      })

      it('shows the notes of all users to an administrator', async () => {
        const page = await open()
        await signIn(page, 'bob@example.com')
        await fill(page, { 'Your note': 'of Bob' })
        await page.getByRole('button', { name: 'Save' }).click()
        await says(page, /^Saved/)
        await page.getByRole('button', { name: 'Sign out' }).click()
        await signIn(page, 'ann@example.com')
        await page.getByText('bob@example.com: of Bob').waitFor()
      })

      it('keeps the note of a user whose email address changes', async () => {
        const page = await open()
        await signIn(page, 'bob@example.com')
        await fill(page, { 'Your note': 'kept' })
        await page.getByRole('button', { name: 'Save' }).click()
        await says(page, /^Saved/)
        const account = await openAccount(page, 'Email address')
        await fill(account, { 'New email address': 'robert@example.com', 'Current password': password })
        await account.getByRole('button', { name: 'Send the link' }).click()
        await says(account, /mail/)
        await followMail(account, 'robert@example.com')
        await page.reload()
        await page.getByText('You are robert@example.com.').waitFor()
        await hasNote(page, 'kept')
      })

      it('notices that the account was deleted', async () => {
        const page = await open()
        await signIn(page, 'bob@example.com')
        const account = await openAccount(page, 'Your data')
        await account.getByLabel('Current password').last().fill(password)
        await account.getByRole('button', { name: 'Delete my account for ever' }).click()
        await account.getByRole('heading', { name: 'Sign in' }).waitFor()
        await page.reload()
        await page.getByRole('link', { name: 'Sign in' }).waitFor()
      })

      /** Opens a page of the account in another tab. */
      const openAccount = async (page: Page, name: string) => {
        const account = await context.newPage()
        await account.goto((await page.getByRole('link', { name: 'Your account' }).getAttribute('href')) ?? '')
        await account.getByRole('link', { name }).click()
        return account
      }
    })

  async function fill(page: Page, fields: Record<string, string>): Promise<void> {
    for (const [label, text] of Object.entries(fields))
      await page.getByLabel(label).and(page.locator(':visible')).first().fill(text)
  }

  async function says(page: Page, pattern: RegExp): Promise<void> {
    await page.getByRole('status').filter({ hasText: pattern }).waitFor()
  }

  /** Waits for the note, which the page gets from the API. */
  async function hasNote(page: Page, text: string): Promise<void> {
    await page.waitForFunction(`document.querySelector('textarea').value === '${text}'`)
  }

  /** Opens the link of the newest mail to an address, and presses the button of its page. */
  async function followMail(page: Page, address: string): Promise<void> {
    const reply = await fetch(`${accounts}/sandbox/mailbox/${address}`)
    const { link } = (await reply.json()) as { link: string }
    await page.goto(link)
    const answer = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button').click()
    assert.equal((await answer).status(), 200)
  }
})
