import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { components, operations } from '../../generated/contract.ts'
import { Client, Problem, UnexpectedAnswer } from '../../generated/sdk/index.ts'
import type * as sdk from '../../generated/sdk/index.ts'
import { operationRoutes } from '../support/operations.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Same<A, B> = [A, B] extends [B, A] ? true : false
type Schemas = components['schemas']

// Compiles only while the SDK's types are those that openapi-typescript reads from the same contract.
export const sameTypes: [
  Same<sdk.User, Schemas['User']>,
  Same<sdk.RegistrationRequest, Schemas['RegistrationRequest']>,
  Same<sdk.TokenPair, Schemas['TokenPair']>,
  Same<sdk.LoginLogPage, Schemas['LoginLogPage']>,
  Same<sdk.ProblemDocument, Schemas['Problem']>,
  Same<keyof sdk.ListLoginLogsQuery, keyof NonNullable<operations['listLoginLogs']['parameters']['query']>>,
] = [true, true, true, true, true, true]

describe('the TypeScript SDK', () => {
  let service: TestService
  before(async () => (service = await TestService.start()))
  after(() => service.stop())

  /** Counts the requests to each path. A test may answer one of them. */
  const counting = (answer?: (path: string) => Response | undefined) => {
    const counts = new Map<string, number>()
    const send: typeof fetch = (input, init) => {
      const { pathname } = new URL(input as URL)
      counts.set(pathname, (counts.get(pathname) ?? 0) + 1)
      const own = answer?.(pathname)
      return own ? Promise.resolve(own) : fetch(input, init)
    }
    return { send, count: (id: keyof operations) => counts.get(operationRoutes[id].path) ?? 0 }
  }

  /** As the user's tokens are ten minutes after the sign-in. */
  const expiredPair = ({ id, sessionId }: Person) => {
    const now = Math.floor(Date.now() / 1000)
    const session = { user_id: id, id: sessionId, generation: 1, issued_at: now - 600, idle_until: now + 3600 }
    return service.service.services.tokens.issuePair(session)
  }

  const problemOf = async (call: Promise<unknown>): Promise<Problem> => {
    const problem = await call.then(
      () => assert.fail('no problem'),
      (error: unknown) => error,
    )
    assert.ok(problem instanceof Problem, String(problem))
    return problem
  }

  it('has a method for each operation', () => {
    const client = new Client({ baseUrl: service.url })
    for (const id of Object.keys(operationRoutes)) assert.equal(typeof client[id as keyof Client], 'function', id)
  })

  it('registers, activates, signs in, reads, changes, and signs out', async () => {
    const stored: (sdk.TokenPair | undefined)[] = []
    const client = new Client({ baseUrl: `${service.url}/`, onTokens: (tokens) => stored.push(tokens) })
    const email = service.email()
    const registered = await client.registerUser({ email, password, password_confirm: password, language: 'ru' })
    assert.equal(registered.email, email)
    const { code } = await service.mailTo(email)
    assert.match((await client.activateUser({ code })).detail, /active/)
    assert.match((await client.confirmActivation({ code })).detail, /already/)
    const tokens = await client.createToken({ email, password })
    assert.deepEqual(client.tokens, tokens)
    assert.equal((await client.getMe()).language, 'ru')
    assert.equal((await client.updateMe({ first_name: 'Test' })).first_name, 'Test')
    const renewed = await client.refreshToken({ refresh: tokens.refresh })
    assert.equal(client.tokens, renewed)
    await client.verifyToken({ token: renewed.access })
    await client.signOut()
    assert.equal(client.tokens, undefined)
    assert.deepEqual(stored, [tokens, renewed, undefined])
    await client.signOut()
    assert.equal(stored.length, 3)
    assert.equal((await problemOf(client.verifyToken({ token: renewed.access }))).code, 'token_not_valid')
    assert.match(await client.getContract(), /^openapi: 3\.1/)
    assert.equal((await client.getContractJson()).info.title, 'Gatehouse')
  })

  it('refreshes an expired access token once for 20 calls at the same time', async () => {
    const person = await addUser(service)
    const { send, count } = counting()
    const client = new Client({ baseUrl: service.url, tokens: expiredPair(person), fetch: send })
    const users = await Promise.all(Array.from({ length: 20 }, () => client.getMe()))
    assert.deepEqual([...new Set(users.map(({ id }) => id))], [person.id])
    assert.equal(count('refreshToken'), 1)
    assert.equal(count('getMe'), 40)
    await client.getMe()
    assert.equal(count('refreshToken'), 1)
  })

  it('forgets the tokens of an ended session, and calls onTokens once', async () => {
    const person = await addUser(service)
    const stored: unknown[] = []
    const tokens = expiredPair(person)
    const client = new Client({ baseUrl: service.url, tokens, onTokens: (pair) => stored.push(pair) })
    await new Client({ baseUrl: service.url }).revokeToken({ refresh: tokens.refresh })
    const problems = await Promise.all(Array.from({ length: 5 }, () => problemOf(client.getMe())))
    assert.deepEqual([...new Set(problems.map(({ code }) => code))], ['token_not_valid'])
    assert.deepEqual(stored, [undefined])
    assert.equal((await problemOf(client.getMe())).code, 'not_authenticated')
  })

  it('keeps the tokens if the refresh fails for another reason', async () => {
    const tokens = expiredPair(await addUser(service))
    const down = counting((path) =>
      path === operationRoutes.refreshToken.path ? new Response('<h1>Bad gateway</h1>', { status: 502 }) : undefined,
    )
    const client = new Client({ baseUrl: service.url, tokens, fetch: down.send })
    const error = await client.getMe().catch((failure: unknown) => failure)
    assert.ok(error instanceof UnexpectedAnswer)
    assert.deepEqual([error.status, error.text], [502, '<h1>Bad gateway</h1>'])
    assert.equal(client.tokens, tokens)
  })

  it('never sends a call again with the tokens of another user', async () => {
    const [first, second] = [await addUser(service), await service.activeUser()]
    let release: (() => void) | undefined
    const held: typeof fetch = async (input, init) => {
      const reply = await fetch(input, init)
      if (reply.status === 401) await new Promise<void>((resolve) => (release = resolve))
      return reply
    }
    const client = new Client({ baseUrl: service.url, tokens: expiredPair(first), fetch: held })
    const call = problemOf(client.getMe())
    while (!release) await sleep(10)
    await client.createToken(second)
    release()
    assert.equal((await call).code, 'token_not_valid')
    assert.equal((await client.getMe()).email, second.email)
  })

  describe('when another user signs in while tokens are renewed (security 107)', () => {
    /** A client whose call has met 401, and whose renewal has been answered but not yet received. */
    const renewing = async (tokens: sdk.TokenPair, answer?: (path: string) => Response | undefined) => {
      let release: (() => void) | undefined
      const sent: (string | null)[] = []
      const held: typeof fetch = async (input, init) => {
        const { pathname } = new URL(input as URL)
        if (init?.method === 'PATCH') sent.push(new Headers(init.headers).get('Authorization'))
        const reply = answer?.(pathname) ?? (await fetch(input, init))
        const isFirst = pathname === operationRoutes.refreshToken.path && !release
        if (isFirst) await new Promise<void>((resolve) => (release = resolve))
        return reply
      }
      const client = new Client({ baseUrl: service.url, tokens, fetch: held })
      const call = problemOf(client.updateMe({ first_name: 'First' }))
      while (!release) await sleep(10)
      return { client, call, release, sent }
    }

    it('does not send a call of the first user with the tokens of the second', async () => {
      const [pair, second] = [expiredPair(await addUser(service)), await service.activeUser()]
      const { client, call, release, sent } = await renewing(pair)
      const tokens = await client.createToken(second)
      release()
      assert.equal((await call).code, 'token_not_valid')
      assert.deepEqual(sent, [`Bearer ${pair.access}`])
      assert.equal((await client.getMe()).first_name, '')
      assert.deepEqual(client.tokens, tokens)
    })

    it('renews the tokens of the second user separately', async () => {
      const [pair, second] = [expiredPair(await addUser(service)), await service.activeUser()]
      await new Client({ baseUrl: service.url }).revokeToken({ refresh: pair.refresh })
      const title = { title: 'x', status: 401, detail: 'x', code: 'token_not_valid', request_id: 'x' }
      const headers = { 'Content-Type': 'application/problem+json' }
      let refusals = 1
      const { client, call, release } = await renewing(pair, (path) =>
        path === operationRoutes.listSessions.path && refusals-- > 0
          ? new Response(JSON.stringify(title), { status: 401, headers })
          : undefined,
      )
      const tokens = await client.createToken(second)
      assert.equal((await client.listSessions()).results.length, 1)
      assert.notDeepEqual(client.tokens, tokens)
      release() // the renewal of the first has failed, which is no reason to forget the second
      assert.equal((await call).code, 'token_not_valid')
      assert.equal((await client.getMe()).email, second.email)
    })
  })

  it('throws problems with code, status, request id and field errors', async () => {
    const client = new Client({ baseUrl: service.url })
    const invalid = await problemOf(client.registerUser({ email: 'nobody', password, password_confirm: password }))
    assert.deepEqual([invalid.code, invalid.status, invalid.title], ['invalid', 400, 'Invalid request'])
    assert.deepEqual(
      invalid.errors.map(({ pointer }) => pointer),
      ['/email'],
    )
    assert.match(invalid.requestId, /./)
    assert.match(invalid.message, /./)
    const wrong = await problemOf(client.createToken({ email: service.email(), password }))
    assert.deepEqual(
      [wrong.code, wrong.status, wrong.errors, wrong.retryAfter],
      ['no_active_account', 401, [], undefined],
    )
    const tokens = { access: 'no.such.token', refresh: 'no.such.token' }
    assert.equal((await problemOf(new Client({ baseUrl: service.url, tokens }).getMe())).code, 'token_not_valid')
    const busy = JSON.stringify({
      type: 'urn:x',
      title: 'x',
      status: 503,
      detail: 'x',
      code: 'unavailable',
      request_id: 'x',
    })
    const headers = { 'Content-Type': 'application/problem+json', 'Retry-After': '7' }
    const { send } = counting(() => new Response(busy, { status: 503, headers }))
    assert.equal((await problemOf(new Client({ baseUrl: service.url, fetch: send }).getJwks())).retryAfter, 7)
  })

  it('iterates over every page, and aborts a call by its signal', async () => {
    const { email } = await service.activeUser()
    const client = new Client({ baseUrl: service.url })
    for (let signIns = 0; signIns < 5; signIns++) await client.createToken({ email, password })
    const times: string[] = []
    for await (const log of client.iterateLoginLogs({ page_size: 2, ordering: 'timestamp' })) times.push(log.timestamp)
    assert.equal(times.length, 5)
    assert.deepEqual(times, times.toSorted())
    for await (const log of client.iterateLoginLogs({ page_size: 1 })) {
      assert.equal(log.timestamp, times.at(-1))
      break
    }
    await assert.rejects(client.getMe({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
