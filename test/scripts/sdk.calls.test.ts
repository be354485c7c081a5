import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import {
  Client,
  etagOf,
  UnexpectedAnswer,
  version,
  type ClientOptions,
  type LogEntry,
} from '../../generated/sdk/index.ts'
import { agedPair, counting, isCallOf, latch, problemOf, problemReply } from '../support/sdk.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

describe('a call of the TypeScript SDK', () => {
  let service: TestService
  before(async () => (service = await TestService.start()))
  after(() => service.stop())

  const clientWith = (options: Partial<ClientOptions>) => new Client({ baseUrl: service.url, ...options })

  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  const listen = async (answer: RequestListener) => {
    const server = createServer(answer).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Answers the first requests itself, and lets the service answer the others. */
  const refusing = (times: number, reply: () => Response) => {
    const { send, count } = counting((_, count) => (count <= times ? reply() : undefined))
    return { client: clientWith({ fetch: send }), count }
  }

  it('is repeated after 503 if it is a GET, after the time in Retry-After', async () => {
    const { client, count } = refusing(1, () => problemReply(503, 'unavailable', { 'Retry-After': '1' }))
    const began = Date.now()
    assert.equal((await client.getJwks()).keys.length > 0, true)
    assert.ok(Date.now() - began >= 1000)
    assert.equal(count('getJwks'), 2)
  })

  it('is not repeated after 503 if it changes data', async () => {
    const { client, count } = refusing(1, () => problemReply(503, 'unavailable', { 'Retry-After': '1' }))
    const problem = await problemOf(client.forgotPassword({ email: service.email() }))
    assert.deepEqual([problem.status, problem.retryAfter, problem.detail], [503, 1, 'x'])
    assert.equal(count('forgotPassword'), 1)
  })

  it('is repeated after 429, which the service sends before it changes data', async () => {
    const { client, count } = refusing(1, () => problemReply(429, 'throttled', { 'Retry-After': '0' }))
    await client.forgotPassword({ email: service.email() })
    assert.equal(count('forgotPassword'), 2)
  })

  it('fails at once if Retry-After is too long, as a number or as a date', async () => {
    for (const value of ['60', new Date(Date.now() + 60_000).toUTCString()]) {
      const { client, count } = refusing(1, () => problemReply(429, 'throttled', { 'Retry-After': value }))
      const { retryAfter = 0 } = await problemOf(client.getJwks())
      assert.ok(retryAfter > 57 && retryAfter <= 60, String(retryAfter))
      assert.equal(count('getJwks'), 1)
    }
  })

  it('is repeated at most twice', async () => {
    const { client, count } = refusing(9, () => new Response('busy', { status: 503 }))
    await assert.rejects(client.getJwks(), { name: 'UnexpectedAnswer', status: 503, text: 'busy' })
    assert.equal(count('getJwks'), 3)
  })

  it('is repeated after a refused connection, even if it changes data', async () => {
    const closed = await listen(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const { send, count } = counting((path, count) =>
      count === 1 ? fetch(`${closed}${path}`, { method: 'POST' }) : undefined,
    )
    await clientWith({ fetch: send }).forgotPassword({ email: service.email() })
    assert.equal(count('forgotPassword'), 2)
  })

  it('is not repeated after a lost connection if it changes data', async () => {
    const baseUrl = await listen((request) => request.socket.destroy())
    const { send, count } = counting()
    const client = clientWith({ fetch: send, baseUrl })
    await assert.rejects(client.forgotPassword({ email: service.email() }), TypeError)
    assert.equal(count('forgotPassword'), 1)
    await assert.rejects(client.getJwks(), TypeError)
    assert.equal(count('getJwks'), 3)
  })

  it('fails after its own time-out, or after the client’s time-out', async () => {
    const baseUrl = await listen(() => undefined)
    const client = clientWith({ baseUrl, timeout: 100 })
    await assert.rejects(client.getJwks(), { name: 'TimeoutError', message: 'no answer within 100 ms' })
    await assert.rejects(client.getJwks({ timeout: 50 }), { message: 'no answer within 50 ms' })
  })

  it('throws UnexpectedAnswer for a reply that cannot be from the service', async () => {
    const page = () => new Response('<h1>Sign in to the Wi-Fi</h1>', { headers: { 'Content-Type': 'text/html' } })
    const { client } = refusing(Infinity, page)
    const { access } = await addUser(service)
    for (const call of [client.getJwks(), client.getContract(), client.deleteMe({ current_password: access })])
      await assert.rejects(call, (error: unknown) => error instanceof UnexpectedAnswer && /Wi-Fi/.test(error.text))
    const cut = refusing(1, () => new Response('{"keys": [', { headers: { 'Content-Type': 'application/json' } }))
    await assert.rejects(cut.client.getJwks(), { name: 'UnexpectedAnswer', text: '{"keys": [' })
    const problem = { status: 400, headers: { 'Content-Type': 'application/problem+json' } }
    await assert.rejects(refusing(1, () => new Response('{', problem)).client.getJwks(), { name: 'UnexpectedAnswer' })
  })

  it('has the SDK’s name and version in User-Agent unless the caller sets the header', async () => {
    const { email, password } = await service.activeUser()
    const client = clientWith({})
    await client.createToken({ email, password })
    await client.createToken({ email, password }, { headers: { 'user-agent': 'Example/1' } })
    const agents = (await client.listLoginLogs()).results.map((log) => log.user_agent)
    assert.deepEqual(agents, ['Example/1', `gatehouse-sdk/${version}`])
    assert.equal(version, (await client.getContractJson()).info.version)
  })

  it('is repeated after a lost reply to createUser, and creates one user', async () => {
    const superuser = await addUser(service, { superuser: true })
    const { send, count } = counting()
    const losing: typeof fetch = async (input, init) => {
      const reply = await send(input, init)
      if (reply.status === 201 && count('createUser') === 1) throw new TypeError('the connection is lost')
      return reply
    }
    const client = clientWith({ fetch: losing, tokens: superuser })
    const email = service.email()
    const user = await client.createUser({ email })
    assert.deepEqual([user.email, count('createUser')], [email, 2])
    const other = service.email()
    const first = await client.createUser({ email: other }, { idempotencyKey: 'one' })
    assert.deepEqual(await client.createUser({ email: other }, { idempotencyKey: 'one' }), first)
    assert.equal((await problemOf(client.createUser({ email: other }))).code, 'email_taken')
  })

  it('changes a user with ifMatch only if the user has not changed in the meantime', async () => {
    const person = await addUser(service)
    const client = clientWith({ tokens: person })
    const me = await client.getMe()
    const changed = await client.updateMe({ first_name: 'One' }, { ifMatch: etagOf(me) })
    assert.equal((await problemOf(client.updateMe({ first_name: 'Two' }, { ifMatch: etagOf(me) }))).status, 412)
    assert.equal((await client.updateMe({ first_name: 'Three' }, { ifMatch: etagOf(changed) })).first_name, 'Three')
    assert.equal(etagOf(await client.getJwks()), undefined)
  })

  it('is logged with status, request id and attempt, but without secrets', async () => {
    const entries: LogEntry[] = []
    const { send } = counting((path, count) =>
      isCallOf('getJwks', path) && count === 1 ? new Response('', { status: 503 }) : undefined,
    )
    const client = clientWith({ fetch: send, log: (entry) => entries.push(entry) })
    await client.getJwks()
    await problemOf(client.activateUser({ code: 'a-secret-code' }))
    const [first, second, third] = entries
    assert.deepEqual([first?.attempt, first?.status, first?.requestId], [0, 503, undefined])
    assert.ok(first?.error instanceof UnexpectedAnswer)
    assert.deepEqual([second?.method, second?.path], ['GET', '/.well-known/jwks.json'])
    assert.deepEqual([second?.attempt, second?.status, second?.error], [1, 200, undefined])
    assert.match(second?.requestId ?? '', /./)
    assert.equal(third?.status, 400)
    assert.doesNotMatch(JSON.stringify(entries), /a-secret-code/)
  })

  describe('a call of a product’s API by the TypeScript SDK', () => {
    /** Starts an API that verifies access tokens. Its clock is two minutes ahead. */
    const startApi = async () => {
      const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url))
      const seen: (string | undefined)[] = []
      const origin = await listen((request, response) => {
        const token = request.headers.authorization?.split(' ')[1]
        seen.push(token)
        void (async () => {
          const body = (await request.toArray()).join('')
          const { payload } = await jwtVerify(token ?? '', keys, { currentDate: new Date(Date.now() + 120_000) })
          response.end(JSON.stringify({ user: payload.sub, body }))
        })().catch(() => response.writeHead(401).end())
      })
      return { url: `${origin}/orders`, seen }
    }
    let api: Awaited<ReturnType<typeof startApi>>
    beforeEach(async () => (api = await startApi()))

    it('has an access token, which is renewed shortly before it expires', async () => {
      const person = await addUser(service)
      const client = clientWith({ tokens: agedPair(service, person, 290) })
      const reply = await client.fetch(api.url, { method: 'POST', body: 'an order' })
      assert.deepEqual(await reply.json(), { user: person.id, body: 'an order' })
      assert.deepEqual(api.seen, [client.tokens?.access])
    })

    it('is repeated once with its body after a 401 for an expired token', async () => {
      const person = await addUser(service)
      const client = clientWith({ tokens: agedPair(service, person, 200) })
      const reply = await client.fetch(api.url, { method: 'POST', body: 'an order' })
      assert.deepEqual(await reply.json(), { user: person.id, body: 'an order' })
      assert.equal(api.seen.length, 2)
      assert.equal((await client.fetch(new Request(api.url))).status, 200)
      assert.equal(api.seen.length, 3)
    })

    it('is not repeated if no user is signed in or the session has ended', async () => {
      assert.equal((await clientWith({}).fetch(api.url)).status, 401)
      const tokens = agedPair(service, await addUser(service), 200)
      await clientWith({}).revokeToken({ refresh: tokens.refresh })
      const client = clientWith({ tokens })
      assert.equal((await client.fetch(api.url)).status, 401)
      assert.deepEqual(api.seen, [undefined, tokens.access])
      assert.equal(client.tokens, undefined)
    })

    it('is never repeated with the token of another user (security 107)', async () => {
      const [first, second] = [await addUser(service), await service.activeUser()]
      const [refused, held] = [latch(), latch()]
      const { send } = counting(async (path) => {
        if (path !== '/orders') return undefined
        refused.open()
        await held.opened
        return undefined
      })
      const client = clientWith({ tokens: agedPair(service, first, 200), fetch: send })
      const call = client.fetch(api.url)
      await refused.opened
      await client.createToken(second)
      held.open()
      assert.equal((await call).status, 401)
      assert.equal(api.seen.length, 1)
      assert.equal((await client.fetch(api.url)).status, 200)
    })
  })
})
