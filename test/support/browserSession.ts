import assert from 'node:assert/strict'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import type { Client, Credentials } from '../../generated/sdk/index.ts'

// Globals of the product's page. The functions that use them run in the browser.
declare const client: Client
declare const signOuts: number

type Tab = {
  page: Page
  cdp: CDPSession
  /** How often the user has signed out while the tab was open. */
  expectedSignOuts: number
}

/**
 * Simulates a user of a product in a browser: tabs open, close and freeze, the device sleeps, the network fails, and
 * the clocks of the browser and the sandbox move together. Each use checks that every tab is still signed in.
 */
export class BrowserSession {
  /** The page of the product. Its clock is ahead of the real one, by a number of seconds in localStorage. */
  static readonly page = (storage: 'local' | 'cookie') => `<!doctype html><script type="module">
    import { Client } from '/sdk/index.js'
    const now = Date.now
    Date.now = () => now() + 1000 * Number(localStorage.getItem('ahead'))
    globalThis.signOuts = 0
    const onTokens = (tokens) => { if (!tokens) globalThis.signOuts++ }
    globalThis.client = new Client({ baseUrl: '/auth', storage: '${storage}', onTokens })
  </script>`

  /** The seconds that the simulated clock is ahead of the real one. */
  ahead = 0
  /** The tabs that are not frozen. There is always at least one. */
  awake: Tab[] = []
  #frozen: Tab[] = []
  readonly #context: BrowserContext
  readonly #url: string
  readonly #sandbox: string
  readonly #user: Credentials

  private constructor(context: BrowserContext, url: string, sandbox: string, user: Credentials) {
    this.#context = context
    this.#url = url
    this.#sandbox = sandbox
    this.#user = user
  }

  /** Opens the product in two tabs, and signs the user in. */
  static async open(browser: Browser, url: string, sandbox: string, user: Credentials): Promise<BrowserSession> {
    const session = new BrowserSession(await browser.newContext(), url, sandbox, user)
    await session.add()
    await session.add()
    await session.awake[0]?.page.evaluate((credentials) => client.createToken(credentials), user)
    await session.#areSignedIn()
    return session
  }

  async add(): Promise<void> {
    const page = await this.#context.newPage()
    await page.goto(this.#url)
    await page.waitForFunction(`'client' in globalThis`)
    this.awake.push({ page, cdp: await this.#context.newCDPSession(page), expectedSignOuts: 0 })
  }

  async reload(tab: Tab): Promise<void> {
    await this.#check(tab)
    await tab.page.reload()
    await tab.page.waitForFunction(`'client' in globalThis`)
    tab.expectedSignOuts = 0
  }

  async close(tab: Tab): Promise<void> {
    await this.#check(tab)
    await this.#drop(tab)
  }

  /** Closes a tab that has just begun to renew the tokens. */
  async closeDuringRenewal(tab: Tab): Promise<void> {
    await tab.page.evaluate(() => {
      void client.accessToken()
    })
    await this.#drop(tab)
  }

  /** Calls the accounts service and the product's API in all tabs at once. */
  async use(): Promise<void> {
    for (const email of await this.#call()) assert.equal(email, this.#user.email)
    for (const tab of this.awake) await this.#check(tab)
  }

  /** Lets time pass in the browser and in the service. */
  async pass(seconds: number): Promise<void> {
    const body = JSON.stringify({ forward: `${seconds}s` })
    const headers = { 'Content-Type': 'application/json' }
    const reply = await fetch(`${this.#sandbox}/sandbox/clock`, { method: 'POST', headers, body })
    assert.equal(reply.status, 200)
    this.ahead += seconds
    await this.awake[0]?.page.evaluate((ahead) => {
      localStorage.setItem('ahead', String(ahead))
    }, this.ahead)
  }

  async freeze(tab: Tab): Promise<void> {
    await tab.cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
    this.awake = this.awake.filter((other) => other !== tab)
    this.#frozen.push(tab)
  }

  /** Thaws all tabs. */
  async thaw(): Promise<void> {
    for (const tab of this.#frozen) await tab.cdp.send('Page.setWebLifecycleState', { state: 'active' })
    this.awake.push(...this.#frozen.splice(0))
  }

  /** Puts the device to sleep while calls are running, and wakes it up. */
  async sleep(seconds: number): Promise<void> {
    const calls = this.#call()
    const states = (state: string) =>
      Promise.all(this.awake.map(({ cdp }) => cdp.send('Page.setWebLifecycleState', { state: state as 'frozen' })))
    await states('frozen')
    await this.pass(seconds)
    await states('active')
    for (const email of await calls) assert.equal(email, this.#user.email)
    await this.use()
  }

  /** Goes offline for a time. Calls may then fail, but must not end the session. */
  async offline(seconds: number): Promise<void> {
    await this.#context.setOffline(true)
    await this.pass(seconds)
    await this.#call().catch(() => undefined)
    await this.#context.setOffline(false)
    await this.use()
  }

  /** Signs out in one tab, checks that all tabs notice, and signs in again. */
  async signOutAndIn(tab: Tab): Promise<void> {
    for (const other of [...this.awake, ...this.#frozen]) other.expectedSignOuts++
    assert.equal(await tab.page.evaluate(() => client.signOut()), true)
    for (const { page } of this.awake) await page.waitForFunction(() => client.tokens === undefined)
    await tab.page.evaluate((credentials) => client.createToken(credentials), this.#user)
    await this.#areSignedIn()
  }

  /** Waits until the tokens of a sign-in have reached all tabs. */
  async #areSignedIn(): Promise<void> {
    for (const { page } of this.awake) await page.waitForFunction(() => client.tokens !== undefined)
  }

  #call(): Promise<(string | undefined)[]> {
    const calls = this.awake.map(({ page }) =>
      page.evaluate(async () => {
        const [me, reply] = await Promise.all([client.getMe(), client.fetch('/api/me')])
        const { email } = (await reply.json()) as { email?: string }
        return me.email === email ? email : `${me.email} and ${reply.status} of the API`
      }),
    )
    return Promise.all(calls)
  }

  async #drop(tab: Tab): Promise<void> {
    this.awake = this.awake.filter((other) => other !== tab)
    await tab.page.close()
  }

  /** Checks that a tab has seen no sign-out other than those of the user. */
  async #check(tab: Tab): Promise<void> {
    const seen = await tab.page.evaluate(() => signOuts)
    assert.ok(
      seen <= tab.expectedSignOuts,
      `${seen} sign-outs, ${tab.expectedSignOuts} expected, after ${this.ahead} s`,
    )
  }
}
