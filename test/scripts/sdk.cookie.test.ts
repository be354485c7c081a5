import assert from 'node:assert/strict'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { parseSetCookie } from 'cookie'
import { Client, cookieStore, type TokenPair } from '../../generated/sdk/index.ts'
import { isCallOf, latch, problemOf, sharedStorage } from '../support/sdk.ts'
import { password, TestService, type OperationId } from '../support/service.ts'
import { addOwner } from '../support/users.ts'

type Sent = { path: string; body: Record<string, unknown> }

/** A browser with several tabs, which share localStorage and the cookies of the service. */
class Browser {
  readonly storage = sharedStorage()
  readonly sent: Sent[] = []
  readonly cookies = new Map<string, string>()
  /** Whether requests to the service fail. */
  isOffline = false
  /** Delays the reply to the next refresh, as a slow network would. */
  delay: Promise<unknown> | undefined
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  open(onTokens?: (tokens: TokenPair | undefined) => void): Client {
    const storage = cookieStore('session', this.storage)
    return new Client({ baseUrl: this.#url, storage, onTokens, fetch: (input, init) => this.#fetch(input, init) })
  }

  count(operation: OperationId): number {
    return this.sent.filter(({ path }) => isCallOf(operation, path)).length
  }

  async #fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    if (this.isOffline) throw new TypeError('Failed to fetch')
    const request = new Request(input, init)
    const path = new URL(request.url).pathname
    const text = await request.clone().text()
    this.sent.push({ path, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) })
    request.headers.set('Sec-Fetch-Site', 'same-origin')
    // With credentials, a browser sends the cookies to their path.
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (request.credentials === 'include' && path.startsWith('/api/v1/auth/token/') && cookies !== '')
      request.headers.set('Cookie', cookies)
    const reply = await fetch(request)
    if (isCallOf('refreshToken', path)) await this.delay
    for (const field of reply.headers.getSetCookie()) {
      const { name, value = '', maxAge } = parseSetCookie(field)
      if (maxAge === 0) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return reply
  }
}

describe('the cookie storage of the TypeScript SDK', () => {
  let service: TestService
  before(async () => (service = await TestService.start()))
  after(() => service.stop())

  const signedIn = async () => {
    const person = await addOwner(service)
    const browser = new Browser(service.url)
    const tab = browser.open()
    await tab.createToken({ email: person.email, password })
    return { person, browser, tab }
  }

  it('keeps neither token where scripts can read it after a reload', async () => {
    const { person, browser, tab } = await signedIn()
    assert.equal(browser.storage.getItem('session'), person.id)
    assert.equal(tab.tokens?.refresh, '')
    assert.equal(browser.cookies.size, 1)
    assert.equal((await tab.getMe()).id, person.id)
    assert.equal(browser.count('refreshToken'), 0)
  })

  it('continues the session after a reload, with one refresh for all calls', async () => {
    const { person, browser } = await signedIn()
    const reloaded = browser.open()
    const calls = [reloaded.getMe(), reloaded.listSessions(), reloaded.accessToken(), reloaded.getMe()]
    assert.equal(((await Promise.all(calls))[3] as { id: string }).id, person.id)
    assert.deepEqual([browser.count('refreshToken'), browser.count('getMe')], [1, 2])
    const reply = await browser.open().fetch(`${service.url}/api/v1/users/me/`)
    assert.equal(((await reply.json()) as { id: string }).id, person.id)
  })

  it('serves two tabs that refresh at once', async () => {
    const { person, browser } = await signedIn()
    const tabs = [browser.open(), browser.open(), browser.open()]
    for (let round = 0; round < 2; round++) {
      const users = await Promise.all(tabs.map((tab) => tab.getMe()))
      assert.deepEqual([...new Set(users.map(({ id }) => id))], [person.id])
    }
    assert.equal(browser.count('refreshToken'), 3) // each tab has a separate access token
  })

  it('ends in all tabs when one of them signs out', async () => {
    const { browser, tab } = await signedIn()
    const seen: (TokenPair | undefined)[] = []
    const other = browser.open((tokens) => seen.push(tokens))
    await other.getMe()
    assert.equal(await tab.signOut(), true)
    assert.equal(browser.cookies.size, 0)
    assert.equal(browser.storage.getItem('session'), null)
    assert.equal((await problemOf(other.getMe())).status, 401)
    assert.equal(other.tokens, undefined)
    assert.equal(seen.at(-1), undefined)
    assert.equal(await browser.open().accessToken(), undefined)
  })

  it('continues if a sign-out does not reach the service', async () => {
    const { person, browser, tab } = await signedIn()
    browser.isOffline = true
    assert.equal(await tab.signOut(), false)
    assert.equal(browser.storage.getItem('session'), person.id)
    assert.notEqual(tab.tokens, undefined)
    browser.isOffline = false
    assert.equal(await tab.signOut(), true)
    assert.equal(browser.cookies.size, 0)
    assert.equal(tab.tokens, undefined)
  })

  it('ends if another program replaces the cookie by that of another user', async () => {
    const { browser } = await signedIn()
    const stranger = await signedIn()
    const [[name, value] = ['', '']] = stranger.browser.cookies
    browser.cookies.set(name, value)
    const reloaded = browser.open()
    await assert.rejects(reloaded.getMe())
    assert.equal(reloaded.tokens, undefined)
    assert.equal(browser.storage.getItem('session'), null)
    assert.equal((await reloaded.resume())?.refresh, '') // the user decides to continue as the other user
  })

  it('ends when the browser no longer has the cookie', async () => {
    const { browser } = await signedIn()
    browser.cookies.clear()
    const reloaded = browser.open()
    assert.notEqual(reloaded.tokens, undefined)
    assert.equal(await reloaded.accessToken(), undefined)
    assert.equal(reloaded.tokens, undefined)
    assert.equal(browser.storage.getItem('session'), null)
  })

  it('ends when the session was ended elsewhere', async () => {
    const { person, browser, tab } = await signedIn()
    await service.sql('update users set sessions_valid_after = clock_timestamp() where id = $1', [person.id])
    assert.equal((await problemOf(tab.getMe())).code, 'token_not_valid')
    assert.equal(tab.tokens, undefined)
    assert.equal(browser.storage.getItem('session'), null)
  })

  it('becomes that of another user who signs in, but repeats no call for this user', async () => {
    const { person, browser, tab } = await signedIn()
    const next = await addOwner(service)
    const other = browser.open()
    await other.getMe()
    await tab.createToken({ email: next.email, password })
    await service.sql('update users set sessions_valid_after = clock_timestamp() where id = $1', [person.id])
    assert.equal((await problemOf(other.getMe())).code, 'token_not_valid')
    assert.equal((await other.getMe()).id, next.id)
    assert.equal((await tab.getMe()).id, next.id)
  })

  it('continues a session that began on a page of another origin', async () => {
    const { person, browser } = await signedIn()
    browser.storage.removeItem('session') // the storage of the other origin is not that of this one
    const seen: (TokenPair | undefined)[] = []
    const product = browser.open((tokens) => seen.push(tokens))
    assert.equal(await product.accessToken(), undefined)
    const tokens = await product.resume()
    assert.deepEqual(tokens, product.tokens)
    assert.equal(seen.length, 1)
    assert.equal((await product.getMe()).id, person.id)
    assert.equal((await browser.open().getMe()).id, person.id)
    assert.equal(await product.signOut(), true)
    assert.equal(await product.resume(), undefined)
    assert.equal(product.tokens, undefined)
  })

  describe('a cookie that a renewal in another tab replaces late', () => {
    /** Begins a renewal in another tab, whose reply arrives only after `open` was called. */
    const renewing = async ({ browser }: { browser: Browser }) => {
      const { opened, open } = latch()
      browser.delay = opened
      const renewal = browser.open().accessToken()
      while (browser.count('refreshToken') === 0) await setImmediate()
      return { renewal, open }
    }
    /** Gives the call of the first tab time to overtake the renewal. */
    const overtaking = async (call: Promise<unknown>) => {
      await Promise.race([call, sleep(500)])
    }

    it('is that of a session to which the user signs in meanwhile', async () => {
      const { browser, tab } = await signedIn()
      const next = await addOwner(service)
      const { renewal, open } = await renewing({ browser })
      const signIn = tab.createToken({ email: next.email, password })
      await overtaking(signIn)
      open()
      await Promise.all([renewal, signIn])
      assert.equal((await browser.open().getMe()).id, next.id)
    })

    for (const [name, signOut] of [
      ['signOut', (tab: Client) => tab.signOut()],
      ['revokeToken', (tab: Client) => tab.revokeToken({ refresh: '' })],
    ] as const)
      it(`stays deleted after a sign-out by ${name}`, async () => {
        const { browser, tab } = await signedIn()
        const { renewal, open } = await renewing({ browser })
        const call = signOut(tab)
        await overtaking(call)
        open()
        await Promise.all([renewal, call])
        assert.equal(browser.cookies.size, 0)
      })

    it('does not keep a call waiting for longer than its time-out', async () => {
      const { browser, tab, person } = await signedIn()
      const { renewal, open } = await renewing({ browser })
      await assert.rejects(
        tab.createToken({ email: person.email, password }, { timeout: 100 }),
        /TimeoutError|no answer/,
      )
      assert.equal(await tab.signOut({ timeout: 100 }), false)
      assert.notEqual(tab.tokens, undefined)
      open()
      await renewal
      assert.equal(await tab.signOut(), true)
    })
  })

  it('asks for the cookie only if it is used', async () => {
    const { browser, person } = await signedIn()
    assert.deepEqual(browser.sent[0]?.body, { email: person.email, password, refresh_cookie: true })
    const sent: string[] = []
    const client = new Client({
      baseUrl: service.url,
      storage: 'memory',
      fetch: (input, init) => {
        sent.push(`${init?.credentials} ${init?.body as string}`)
        return fetch(input, init)
      },
    })
    await client.createToken({ email: person.email, password })
    assert.deepEqual(sent, [`undefined ${JSON.stringify({ email: person.email, password })}`])
  })
})
