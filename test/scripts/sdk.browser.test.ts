import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { Client, TokenPair } from '../../generated/sdk/index.ts'
import { findChromium } from '../support/chromium.ts'
import { ProductServer } from '../support/productServer.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

// Globals of the product's page. The functions that use them run in the browser.
declare const client: Client
declare const seen: (TokenPair | undefined)[]

const page = `<!doctype html><script type="module">
  import { Client } from '/sdk/index.js'
  globalThis.seen = []
  globalThis.client = new Client({ baseUrl: '/auth', storage: 'local', onTokens: (tokens) => seen.push(tokens) })
</script>`

describe('the TypeScript SDK in a browser', () => {
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  let product: ProductServer
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start({ ACCESS_TOKEN_LIFETIME: '3s', REFRESH_GRACE: '1s' })
    stops.push(() => service.stop())
    product = await ProductServer.start({ '/index.html': page })
    product.accounts = service.url
    stops.push(() => {
      product.stop()
    })
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  /** Opens the product in two tabs of one browser, and signs a user in in the first tab. */
  const openTwoTabs = async (): Promise<{ email: string; tabs: [Page, Page] }> => {
    const { email } = await service.activeUser()
    const context = await browser.newContext()
    const open = async () => {
      const tab = await context.newPage()
      await tab.goto(product.url)
      await tab.waitForFunction(() => 'client' in globalThis)
      return tab
    }
    const tabs: [Page, Page] = [await open(), await open()]
    await tabs[0].evaluate((credentials) => client.createToken(credentials), { email, password })
    await tabs[1].waitForFunction(() => client.tokens !== undefined) // changes of localStorage reach other tabs late
    return { email, tabs }
  }

  const lifetime = 3100
  /** Renews the access token if it expires soon, then calls getMe. The service accepts a token 5 s longer. */
  const whoIs = (tab: Page) =>
    tab.evaluate(async () => {
      await client.accessToken()
      return (await client.getMe()).email
    })

  it('applies a sign-in or sign-out in one tab to the other tab', async () => {
    const { email, tabs } = await openTwoTabs()
    assert.equal(await whoIs(tabs[1]), email)
    assert.equal(await tabs[1].evaluate(() => client.signOut()), true)
    await tabs[0].waitForFunction(() => seen.length === 2 && seen[1] === undefined)
    assert.equal(await tabs[0].evaluate(() => localStorage.length), 0)
  })

  it('keeps the session of two tabs over several refreshes', async () => {
    const { email, tabs } = await openTwoTabs()
    for (let round = 1; round <= 2; round++) {
      await sleep(lifetime)
      const before = product.refreshes
      assert.deepEqual(await Promise.all(tabs.map(whoIs)), [email, email])
      assert.ok(product.refreshes > before, `round ${round}`)
    }
    const events = await service.sql(`select 1 from security_events where type = 'refresh_reused'`)
    assert.deepEqual(events, [])
  })

  it('keeps the session if a tab is frozen for longer than the grace period', async () => {
    const { email, tabs } = await openTwoTabs()
    assert.equal(await whoIs(tabs[1]), email)
    const session = await tabs[1].context().newCDPSession(tabs[1])
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await sleep(lifetime)
    assert.equal(await whoIs(tabs[0]), email)
    await sleep(1200)
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    assert.deepEqual(await Promise.all(tabs.toReversed().map(whoIs)), [email, email])
  })

  it('keeps the session if the reply to a refresh is lost', async () => {
    const { email, tabs } = await openTwoTabs()
    await sleep(lifetime)
    product.faults.push('lost answer')
    const before = product.refreshes
    assert.deepEqual(await Promise.all(tabs.map(whoIs)), [email, email])
    assert.ok(product.refreshes - before >= 2) // the renewal whose answer was lost, and at least one more
  })

  it('keeps the session if a tab is closed during its refresh', async () => {
    const { email, tabs } = await openTwoTabs()
    await sleep(lifetime)
    await tabs[0].route('**/refresh/', () => undefined) // the renewal never gets an answer
    await tabs[0].evaluate(() => {
      void client.accessToken()
    })
    await sleep(100)
    const waiting = whoIs(tabs[1])
    assert.equal(await Promise.race([waiting, sleep(300, 'waits')]), 'waits')
    await tabs[0].close()
    assert.equal(await waiting, email)
  })
})
