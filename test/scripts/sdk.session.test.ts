import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, localStore, memoryStore, type TokenPair, type TokenStore } from '../../generated/sdk/index.ts'
import { agedPair, counting, isCallOf, latch, problemOf, sharedStorage } from '../support/sdk.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

const graceSeconds = 1

describe('the session of the TypeScript SDK', () => {
  let service: TestService
  before(async () => (service = await TestService.start({ REFRESH_GRACE: `${graceSeconds}s` })))
  after(() => service.stop())

  /** Creates clients with a common store, like tabs of a browser. Their access token expired some minutes ago. */
  const twoTabs = async (answer?: Parameters<typeof counting>[0]) => {
    const person = await addUser(service)
    const storage = sharedStorage()
    const pair = agedPair(service, person)
    localStore('session', storage).write(pair)
    const { send, count } = counting(answer)
    const open = () => new Client({ baseUrl: service.url, storage: localStore('session', storage), fetch: send })
    return { person, pair, storage, count, open, tabs: [open(), open()] as const }
  }

  const eventsOf = async (id: string) =>
    (await service.sql<{ type: string }>('select type from security_events where user_id = $1', [id])).map(
      ({ type }) => type,
    )

  it('is refreshed only once by two clients with the same store', async () => {
    const { person, count, tabs } = await twoTabs()
    const users = await Promise.all(tabs.flatMap((tab) => [tab.getMe(), tab.getMe()]))
    assert.deepEqual([...new Set(users.map(({ id }) => id))], [person.id])
    assert.equal(count('refreshToken'), 1)
    assert.deepEqual(tabs[0].tokens, tabs[1].tokens)
  })

  it('survives simultaneous refreshes by two tabs of a browser without Web Locks', async () => {
    const locks = Object.getOwnPropertyDescriptor(Navigator.prototype, 'locks') ?? {}
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined, configurable: true })
    try {
      const { person, count, tabs } = await twoTabs()
      await Promise.all(tabs.map((tab) => tab.getMe()))
      assert.equal(count('refreshToken'), 2)
      await sleep(graceSeconds * 1000 + 200)
      for (const tab of tabs) assert.equal((await tab.getMe()).id, person.id)
    } finally {
      Object.defineProperty(Navigator.prototype, 'locks', locks)
    }
  })

  it('continues in a client that was idle for longer than the grace period', async () => {
    const { person, count, tabs } = await twoTabs()
    await tabs[0].getMe()
    await sleep(graceSeconds * 1000 + 200)
    assert.equal((await tabs[1].getMe()).id, person.id)
    assert.equal((await tabs[0].getMe()).id, person.id)
    assert.equal(count('refreshToken'), 1)
    assert.deepEqual(await eventsOf(person.id), [])
  })

  it('survives a refresh whose reply is lost', async () => {
    const { person, count, tabs } = await twoTabs(async (path, count) => {
      if (!isCallOf('refreshToken', path) || count > 1) return undefined
      const refresh = tabs[0].tokens?.refresh
      assert.equal((await service.call('refreshToken', { body: { refresh } })).status, 200)
      throw new TypeError('fetch failed')
    })
    assert.equal((await tabs[0].getMe()).id, person.id)
    assert.equal(count('refreshToken'), 2)
    assert.equal((await tabs[1].getMe()).id, person.id)
  })

  it('ends in every client of a store if one client signs out', async () => {
    const { tabs } = await twoTabs()
    await Promise.all(tabs.map((tab) => tab.getMe()))
    const access = tabs[1].tokens?.access
    assert.equal(await tabs[0].signOut(), true)
    assert.equal((await problemOf(tabs[1].getMe())).code, 'token_not_valid')
    assert.equal(tabs[1].tokens, undefined)
    assert.equal(await tabs[1].accessToken(), undefined)
    assert.equal((await service.call('verifyToken', { body: { token: access } })).status, 401)
  })

  it('is not used for the first user’s call if a second one signed in (security 107)', async () => {
    const { tabs } = await twoTabs()
    const second = await service.activeUser()
    await tabs[1].createToken(second)
    assert.equal((await problemOf(tabs[0].updateMe({ first_name: 'First' }))).code, 'token_not_valid')
    const me = await tabs[0].getMe()
    assert.deepEqual([me.email, me.first_name], [second.email, ''])
  })

  it('is deleted by signOut even if the service cannot be reached', async () => {
    const { storage, open } = await twoTabs(() => Promise.reject(new TypeError('fetch failed')))
    const client = open()
    assert.equal(await client.signOut(), false)
    assert.deepEqual([client.tokens, storage.getItem('session')], [undefined, null])
    assert.equal(await client.signOut(), true)
  })

  it('stays deleted if onTokens calls accessToken during the sign-out', async () => {
    const storage = sharedStorage()
    localStore('session', storage).write(agedPair(service, await addUser(service)))
    const answers: Promise<string | undefined>[] = []
    const onTokens = (tokens: TokenPair | undefined) => {
      if (!tokens) answers.push(client.accessToken())
    }
    const client = new Client({ baseUrl: service.url, storage: localStore('session', storage), onTokens })
    await client.signOut()
    assert.deepEqual(await Promise.all(answers), [undefined])
    assert.equal(client.tokens, undefined)
  })

  it('stays deleted if a refresh ends after the sign-out', async () => {
    const [reached, held] = [latch(), latch()]
    const { pair, storage, tabs } = await twoTabs(async (path) => {
      if (!isCallOf('refreshToken', path)) return undefined
      const answer = await service.call('refreshToken', { body: { refresh: pair.refresh } })
      reached.open()
      await held.opened
      return Response.json(answer.body)
    })
    const call = problemOf(tabs[0].getMe())
    await reached.opened
    assert.equal(await tabs[0].signOut(), true)
    held.open()
    assert.equal((await call).code, 'token_not_valid')
    assert.deepEqual([tabs[0].tokens, storage.getItem('session')], [undefined, null])
    assert.equal((await service.call('refreshToken', { body: { refresh: pair.refresh } })).status, 401)
  })

  it('may be kept in an asynchronous store', async () => {
    let kept: TokenPair | undefined = agedPair(service, await addUser(service))
    const store: TokenStore = {
      read: () => sleep(10, kept),
      write: (tokens) => sleep(10).then(() => (kept = tokens)),
    }
    const seen: unknown[] = []
    const client = new Client({ baseUrl: service.url, storage: store, onTokens: (tokens) => seen.push(tokens) })
    assert.equal(client.tokens, undefined)
    const first = kept
    await client.getMe()
    const renewed = kept
    assert.notDeepEqual(renewed, first)
    const signedOut = client.signOut()
    while (seen.at(-1) !== undefined) await sleep(1)
    assert.equal((await problemOf(client.getMe())).code, 'not_authenticated')
    await signedOut
    assert.deepEqual(seen, [first, renewed, undefined])
  })

  it('becomes that of a sign-in that completes while the store is read', async () => {
    const [reading, held] = [latch(), latch()]
    const store: TokenStore = {
      read: async () => {
        reading.open()
        await held.opened
        return undefined
      },
      write: () => undefined,
    }
    const client = new Client({ baseUrl: service.url, storage: store })
    const call = client.getMe()
    await reading.opened
    const tokens = await client.createToken(await service.activeUser())
    held.open()
    await call
    assert.deepEqual(client.tokens, tokens)
  })

  it('is not affected by what another program writes to the storage', () => {
    const storage = sharedStorage()
    storage.setItem('session', '{not JSON')
    assert.equal(localStore('session', storage).read(), undefined)
    assert.equal(memoryStore().read(), undefined)
  })

  describe('accessToken', () => {
    const clientWith = async (age: number, answer?: Parameters<typeof counting>[0]) => {
      const tokens = agedPair(service, await addUser(service), age)
      const { send, count } = counting(answer)
      return { client: new Client({ baseUrl: service.url, tokens, fetch: send }), tokens, count }
    }

    it('returns the current token if it is not about to expire', async () => {
      const { client, tokens, count } = await clientWith(200)
      assert.equal(await client.accessToken(), tokens.access)
      assert.equal(count('refreshToken'), 0)
    })

    it('renews a token shortly before it expires, once for all callers', async () => {
      const { client, tokens, count } = await clientWith(290)
      const [one, other] = await Promise.all([client.accessToken(), client.accessToken()])
      assert.notEqual(one, tokens.access)
      assert.equal(one, other)
      assert.equal(await client.accessToken(), one)
      assert.equal(count('refreshToken'), 1)
    })

    it('renews a new token that expired while the device was asleep', async () => {
      const now = Date.now
      try {
        const { client, count } = await clientWith(290, async (path, sent) => {
          if (!isCallOf('refreshToken', path) || sent > 1) return undefined
          const answer = await service.call('refreshToken', { body: { refresh: client.tokens?.refresh } })
          Date.now = () => now() + 600_000
          return Response.json(answer.body)
        })
        await client.accessToken()
        await client.accessToken()
        assert.equal(count('refreshToken'), 2)
      } finally {
        Date.now = now
      }
    })

    it('returns the old token while it is valid if the refresh fails', async () => {
      const down = (path: string) => (isCallOf('refreshToken', path) ? new Response('', { status: 502 }) : undefined)
      const { client, tokens } = await clientWith(290, down)
      assert.equal(await client.accessToken(), tokens.access)
      const expired = await clientWith(310, down)
      await assert.rejects(expired.client.accessToken(), { name: 'UnexpectedAnswer', status: 502 })
    })

    it('returns undefined if no user is signed in', async () => {
      assert.equal(await new Client({ baseUrl: service.url }).accessToken(), undefined)
    })
  })

  it('continues its refresh for other calls if one of them is aborted', async () => {
    const held = latch()
    const { person, tabs, count } = await twoTabs(async (path) => {
      if (isCallOf('refreshToken', path)) await held.opened
      return undefined
    })
    const aborting = new AbortController()
    const aborted = [
      tabs[0].getMe({ signal: aborting.signal }),
      tabs[0].accessToken({ signal: aborting.signal }),
      tabs[0].fetch(service.url, { signal: aborting.signal }),
    ]
    const patient = tabs[0].getMe()
    await sleep(100)
    aborting.abort()
    for (const call of aborted) await assert.rejects(call, { name: 'AbortError' })
    held.open()
    assert.equal((await patient).id, person.id)
    assert.equal(count('refreshToken'), 1)
  })

  it('is refreshed by a later call if a refresh times out for the present callers', async () => {
    const held = latch()
    const person = await addUser(service)
    const { send } = counting(async (path, count) => {
      if (isCallOf('refreshToken', path) && count === 1) await held.opened
      return undefined
    })
    const tokens = agedPair(service, person)
    const client = new Client({ baseUrl: service.url, tokens, fetch: send, timeout: 200 })
    await assert.rejects(client.getMe(), { name: 'TimeoutError' })
    await sleep(50)
    assert.equal((await client.getMe({ timeout: 5000 })).id, person.id)
    held.open()
  })
})
