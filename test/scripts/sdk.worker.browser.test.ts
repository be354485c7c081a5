import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { Client } from '../../generated/sdk/index.ts'
import { findChromium } from '../support/chromium.ts'
import { ProductServer } from '../support/productServer.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

// The client of the product's page. The functions that use it run in the browser.
declare const client: Client

const guide = readFileSync(join(import.meta.dirname, '../../docs/integrate.md'), 'utf8')

/** Returns a script of the guide. It imports the SDK by its path, because the test has no bundler. */
function script(name: string): string {
  const [, code = ''] = new RegExp(`^\`\`\`js ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide) ?? []
  assert.notEqual(code, '', name)
  return code.replace("'gatehouse-sdk'", "'/sdk/index.js'")
}

const page = `<!doctype html><script type="module">
  import { Client } from '/sdk/index.js'
  import { cacheStore } from '/store.js'
  await navigator.serviceWorker.register('/worker.js', { type: 'module' })
  globalThis.client = new Client({ baseUrl: '/auth', storage: cacheStore() })
</script>`

describe('the TypeScript SDK in a service worker', () => {
  const launch = findChromium()
  let service: TestService
  let product: ProductServer
  let browser: Browser
  let context: BrowserContext
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await TestService.start({ ACCESS_TOKEN_LIFETIME: '3s', REFRESH_GRACE: '1s' })
    stops.push(() => service.stop())
    const files = { '/index.html': page, '/store.js': script('store.js'), '/worker.js': script('worker.js') }
    product = await ProductServer.start(files)
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
  beforeEach(async () => (context = await browser.newContext()))
  afterEach(() => context.close())

  /** Opens the page, whose requests go through the worker, and signs a user in. */
  async function openSignedIn(): Promise<{ email: string; tab: Page }> {
    const { email } = await service.activeUser()
    const tab = await context.newPage()
    await tab.goto(product.url)
    await tab.evaluate('navigator.serviceWorker.ready')
    await tab.reload() // a page that was loaded before its worker does not use it
    await tab.waitForFunction("'client' in globalThis && navigator.serviceWorker.controller")
    await tab.evaluate((credentials) => client.createToken(credentials), { email, password })
    return { email, tab }
  }

  /** Calls the product's API from the page, without a token. @returns the status and the user’s email address */
  const callApi = (tab: Page) =>
    tab.evaluate(async () => {
      const reply = await fetch('/api/me')
      return `${reply.status} ${((await reply.json()) as { email?: string }).email ?? ''}`
    })

  /** Stops the worker, as the browser does when a worker is idle. */
  async function stopWorker(tab: Page): Promise<void> {
    const session = await context.newCDPSession(tab)
    const stopped = new Promise<void>((resolve) => {
      session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
        if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve()
      })
    })
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    await stopped
  }

  it('adds the page’s access token to requests until the page signs out', async () => {
    const { email, tab } = await openSignedIn()
    assert.equal(await callApi(tab), `200 ${email}`)
    assert.equal(await tab.evaluate(() => client.signOut()), true)
    assert.match(await callApi(tab), /^401/)
  })

  it('renews the page’s tokens even after the browser stopped the worker', async () => {
    const { email, tab } = await openSignedIn()
    const first = await tab.evaluate(() => client.tokens?.refresh)
    await stopWorker(tab)
    await sleep(3100)
    const before = product.refreshes
    assert.equal(await callApi(tab), `200 ${email}`)
    assert.equal(product.refreshes, before + 1)
    await tab.waitForFunction((refresh) => client.tokens?.refresh !== refresh, first)
    await sleep(1200) // longer than the grace period
    assert.equal((await tab.evaluate(() => client.getMe())).email, email)
    const events = await service.sql(`select 1 from security_events where type = 'refresh_reused'`)
    assert.deepEqual(events, [])
  })
})
