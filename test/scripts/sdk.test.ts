import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { components, operations } from '../../generated/contract.ts'
import { Client, UnexpectedAnswer } from '../../generated/sdk/index.ts'
import type * as sdk from '../../generated/sdk/index.ts'
import { generateSchemaTypes } from '../../scripts/generate/sdk/types.ts'
import { operationRoutes } from '../support/operations.ts'
import { agedPair, counting, problemOf, problemReply } from '../support/sdk.ts'
import { password, TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

type Same<A, B> = [A, B] extends [B, A] ? true : false
type Schemas = components['schemas']

// Compiles only if the SDK's types equal those that openapi-typescript makes from the contract, except extensible
// enums: the SDK accepts any value there, because a later service may send more.
export const sameTypes: [
  Same<Omit<sdk.User, 'language'>, Omit<Schemas['User'], 'language'>>,
  Same<sdk.RegistrationRequest, Schemas['RegistrationRequest']>,
  Same<sdk.TokenPair, Schemas['TokenPair']>,
  Same<sdk.LoginLogPage, Schemas['LoginLogPage']>,
  Same<Omit<sdk.ProblemDocument, 'code'>, Omit<Schemas['Problem'], 'code'>>,
  Same<keyof sdk.ListLoginLogsQuery, keyof NonNullable<operations['listLoginLogs']['parameters']['query']>>,
] = [true, true, true, true, true, true]

describe('the TypeScript SDK', () => {
  let service: TestService
  before(async () => (service = await TestService.start()))
  after(() => service.stop())

  it('suggests the known values of an extensible enum, and accepts others', () => {
    const types = generateSchemaTypes({ Fruit: { type: 'string', 'x-extensible-enum': ['apple', 'pear'] } })
    assert.equal(types, "export type Fruit = 'apple' | 'pear' | (string & {})\n")
    const languages: sdk.Language[] = ['en', 'de']
    assert.equal(languages.length, 2)
  })

  it('has a method for each operation of the contract', () => {
    const client = new Client({ baseUrl: service.url })
    for (const id of Object.keys(operationRoutes)) assert.equal(typeof client[id as keyof Client], 'function', id)
  })

  it('registers, activates, signs in, reads, changes, and signs out a user', async () => {
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

  it('refreshes an expired access token once for 20 simultaneous calls', async () => {
    const person = await addUser(service)
    const { send, count } = counting()
    const client = new Client({ baseUrl: service.url, tokens: agedPair(service, person), fetch: send })
    const users = await Promise.all(Array.from({ length: 20 }, () => client.getMe()))
    assert.deepEqual([...new Set(users.map(({ id }) => id))], [person.id])
    assert.equal(count('refreshToken'), 1)
    assert.equal(count('getMe'), 40)
    await client.getMe()
    assert.equal(count('refreshToken'), 1)
  })

  it('deletes the tokens of an ended session, and calls onTokens once', async () => {
    const person = await addUser(service)
    const stored: unknown[] = []
    const tokens = agedPair(service, person)
    const client = new Client({ baseUrl: service.url, tokens, onTokens: (pair) => stored.push(pair) })
    await new Client({ baseUrl: service.url }).revokeToken({ refresh: tokens.refresh })
    const problems = await Promise.all(Array.from({ length: 5 }, () => problemOf(client.getMe())))
    assert.deepEqual([...new Set(problems.map(({ code }) => code))], ['token_not_valid'])
    assert.deepEqual(stored, [undefined])
    assert.equal((await problemOf(client.getMe())).code, 'not_authenticated')
  })

  it('keeps the tokens if the refresh fails for a reason other than an ended session', async () => {
    const tokens = agedPair(service, await addUser(service))
    const down = counting((path) =>
      path === operationRoutes.refreshToken.path ? new Response('<h1>Bad gateway</h1>', { status: 502 }) : undefined,
    )
    const client = new Client({ baseUrl: service.url, tokens, fetch: down.send })
    const error = await client.getMe().catch((failure: unknown) => failure)
    assert.ok(error instanceof UnexpectedAnswer)
    assert.deepEqual([error.status, error.text], [502, '<h1>Bad gateway</h1>'])
    assert.equal(client.tokens, tokens)
  })

  it('never repeats a call with the tokens of another user', async () => {
    const [first, second] = [await addUser(service), await service.activeUser()]
    let release: (() => void) | undefined
    const held: typeof fetch = async (input, init) => {
      const reply = await fetch(input, init)
      if (reply.status === 401) await new Promise<void>((resolve) => (release = resolve))
      return reply
    }
    const client = new Client({ baseUrl: service.url, tokens: agedPair(service, first), fetch: held })
    const call = problemOf(client.getMe())
    while (!release) await sleep(10)
    await client.createToken(second)
    release()
    assert.equal((await call).code, 'token_not_valid')
    assert.equal((await client.getMe()).email, second.email)
  })

  describe('a sign-in of a second user while tokens are renewed (security 107)', () => {
    /** Creates a client whose call got 401, and holds back the answer to its renewal until `release`. */
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

    it('does not send a call of the first user with the second user’s tokens', async () => {
      const [pair, second] = [agedPair(service, await addUser(service)), await service.activeUser()]
      const { client, call, release, sent } = await renewing(pair)
      const tokens = await client.createToken(second)
      release()
      assert.equal((await call).code, 'token_not_valid')
      assert.deepEqual(sent, [`Bearer ${pair.access}`])
      assert.equal((await client.getMe()).first_name, '')
      assert.deepEqual(client.tokens, tokens)
    })

    it('causes a separate refresh of the second user’s tokens', async () => {
      const [pair, second] = [agedPair(service, await addUser(service)), await service.activeUser()]
      await new Client({ baseUrl: service.url }).revokeToken({ refresh: pair.refresh })
      let refusals = 1
      const { client, call, release } = await renewing(pair, (path) =>
        path === operationRoutes.listSessions.path && refusals-- > 0 ? problemReply(401, 'token_not_valid') : undefined,
      )
      const tokens = await client.createToken(second)
      assert.equal((await client.listSessions()).results.length, 1)
      assert.notDeepEqual(client.tokens, tokens)
      release() // the failed renewal of the first user must not forget the tokens of the second
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
  })

  it('iterates over items and pages, and aborts a call by its signal', async () => {
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
    const sizes: number[] = []
    for await (const page of client.iterateLoginLogs({ page_size: 2 }).pages()) sizes.push(page.results.length)
    assert.deepEqual(sizes, [2, 2, 1])
    await assert.rejects(client.getMe({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
