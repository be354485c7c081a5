import assert from 'node:assert/strict'
import { parseSetCookie } from 'cookie'
import { decodeJwt } from 'jose'
import { assertInvalid, assertProblem, assertUnauthorized } from '../support/answers.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addOwner, addSession, type Person } from '../support/users.ts'
import { getMe } from './support/requests.ts'

const name = '__Secure-gatehouse_refresh'
const app = 'https://app.example.com'
const own = { 'Sec-Fetch-Site': 'same-origin' }

// What browsers report of pages that may not use the cookie, and what other programs send.
const foreign: Record<string, string>[] = [
  {},
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: `${app}.evil.example` },
  { Origin: 'https://accounts.test:8443' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'none' },
  { 'Sec-Fetch-Site': 'same-origin, cross-site' },
  { Referer: 'https://accounts.test/' },
]

describe('the refresh cookie', () => {
  let service: TestService
  let user: Person
  before(async () => {
    service = await TestService.start({
      CORS_ORIGINS: app,
      HOST_FOR_SEND_MAIL: 'https://accounts.test',
      MAX_SESSIONS: '12',
    })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const signIn = (headers: Record<string, string> = own) =>
    service.call('createToken', { body: { email: user.email, password, refresh_cookie: true }, headers })
  const send = (operation: 'refreshToken' | 'revokeToken', token: string, headers: Record<string, string> = own) =>
    service.call(operation, { body: { refresh: '' }, headers: { Cookie: `${name}=${token}`, ...headers } })
  const cookieOf = ({ headers }: Answer) => {
    const [field = '', ...others] = headers.getSetCookie()
    assert.equal(others.length, 0)
    return parseSetCookie(field)
  }
  const signedIn = async () => {
    const reply = await signIn()
    assert.equal(reply.status, 200)
    return { access: String(reply.body['access']), refresh: cookieOf(reply).value ?? '' }
  }

  it('has the refresh token, which is then not in the body (security 116)', async () => {
    const reply = await signIn()
    assert.equal(reply.status, 200)
    assert.equal(reply.body['refresh'], '')
    assert.equal((await getMe(service, String(reply.body['access']))).status, 200)
    const { value = '', ...attributes } = cookieOf(reply)
    assert.deepEqual(attributes, {
      name,
      path: '/api/v1/auth/token/',
      maxAge: 86_400,
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
    })
    assert.equal((await service.call('refreshToken', { body: { refresh: value } })).status, 200)
  })

  it('is not set for a client that does not ask for it', async () => {
    for (const more of [{}, { refresh_cookie: false }]) {
      const body = { email: user.email, password, ...more }
      const reply = await service.call('createToken', { body, headers: own })
      assert.equal(reply.status, 200)
      assert.deepEqual(reply.headers.getSetCookie(), [])
      assert.notEqual(reply.body['refresh'], '')
    }
  })

  it('is exchanged and replaced by refreshToken', async () => {
    const { refresh } = await signedIn()
    const reply = await send('refreshToken', refresh)
    assert.equal(reply.status, 200)
    assert.equal(reply.body['refresh'], '')
    assert.equal((await getMe(service, String(reply.body['access']))).status, 200)
    const next = cookieOf(reply)
    assert.ok(next.value)
    assert.notEqual(next.value, refresh)
    assert.deepEqual([next.httpOnly, next.secure, next.sameSite], [true, true, 'strict'])
    assert.equal((await send('refreshToken', next.value)).status, 200)
  })

  it('gives both of two tabs that refresh at once a valid pair', async () => {
    const { refresh } = await signedIn()
    const replies = await Promise.all([send('refreshToken', refresh), send('refreshToken', refresh)])
    for (const reply of replies) {
      assert.equal(reply.status, 200)
      assert.equal((await getMe(service, String(reply.body['access']))).status, 200)
      assert.equal((await send('refreshToken', cookieOf(reply).value ?? '')).status, 200)
    }
  })

  it('is deleted by revokeToken, which ends the session', async () => {
    const { access, refresh } = await signedIn()
    const reply = await send('revokeToken', refresh)
    assert.deepEqual([reply.status, reply.body], [200, {}])
    const { value, maxAge, path } = cookieOf(reply)
    assert.deepEqual([value ?? '', maxAge, path], ['', 0, '/api/v1/auth/token/'])
    assertUnauthorized(await send('refreshToken', refresh), 'token_not_valid')
    assertUnauthorized(await getMe(service, access), 'token_not_valid')
  })

  describe('of a former sign-in', () => {
    const signInWith = (cookie: string, body: object = {}) =>
      service.call('createToken', {
        body: { email: user.email, password, refresh_cookie: true, ...body },
        headers: { ...own, Cookie: cookie },
      })
    const endOf = async (access: string) => {
      const [session] = await service.sql<{ ended_by: string | null }>('select ended_by from sessions where id = $1', [
        decodeJwt(access)['sid'],
      ])
      return session?.ended_by
    }

    it('is replaced by the next sign-in, which ends its session', async () => {
      const former = await signedIn()
      const reply = await signInWith(`${name}=${former.refresh}`)
      assert.equal(reply.status, 200)
      assertUnauthorized(await getMe(service, former.access), 'token_not_valid')
      assert.equal((await getMe(service, String(reply.body['access']))).status, 200)
      assert.equal((await send('refreshToken', cookieOf(reply).value ?? '')).status, 200)
      assert.equal(await endOf(former.access), 'signed_out')
    })

    it('is replaced by the sign-in of another user as well', async () => {
      const former = await signedIn()
      user = await addOwner(service)
      assert.equal((await signInWith(`${name}=${former.refresh}`)).status, 200)
      assertUnauthorized(await getMe(service, former.access), 'token_not_valid')
    })

    it('is replaced before the number of sessions is limited', async () => {
      const former = await signedIn()
      for (let count = 0; count < 10; count++) await addSession(service, user.id) // 12 with the former one and the first
      assert.equal((await signInWith(`${name}=${former.refresh}`)).status, 200)
      assert.equal((await getMe(service, user.access)).status, 200) // the oldest session
    })

    it('keeps its session if the sign-in fails, or leaves the cookie as it is', async () => {
      const former = await signedIn()
      const cookie = `${name}=${former.refresh}`
      assertUnauthorized(await signInWith(cookie, { password: 'wrong' }), 'no_active_account')
      assert.equal((await signInWith(cookie, { refresh_cookie: false })).status, 200)
      assert.equal((await getMe(service, former.access)).status, 200)
    })

    it('does not hinder a sign-in if it is malformed, has ended or is there twice', async () => {
      const former = await signedIn()
      const ended = await signedIn()
      await service.sql(`update sessions set ended_at = now(), ended_by = 'revoked' where id = $1`, [
        decodeJwt(ended.access)['sid'],
      ])
      const values = ['x', '%00', '', 'ä', 'x'.repeat(5000), user.access, ended.refresh, `${former.refresh}; ${name}=x`]
      for (const value of values) assert.equal((await signInWith(`${name}=${value}`)).status, 200, value.slice(0, 20))
      assert.equal(await endOf(ended.access), 'revoked')
      assert.equal((await getMe(service, former.access)).status, 200)
    })
  })

  it('is ignored if the body has a token', async () => {
    const { refresh } = await signedIn()
    const headers = { Cookie: `${name}=${refresh}` } // without an origin, the cookie would be refused
    const reply = await service.call('refreshToken', { body: { refresh: user.refresh }, headers })
    assert.equal(reply.status, 200)
    assert.deepEqual(reply.headers.getSetCookie(), [])
    assert.equal((await service.call('revokeToken', { body: { refresh: user.refresh }, headers })).status, 200)
    assert.equal((await send('refreshToken', refresh)).status, 200)
  })

  it('is required for an empty token', async () => {
    for (const operation of ['refreshToken', 'revokeToken'] as const)
      for (const headers of [own, { ...own, Cookie: 'other=1' }, { ...own, Cookie: `${name}=` }]) {
        const reply = await service.call(operation, { body: { refresh: '' }, headers })
        assertInvalid(reply, '/refresh')
        assert.deepEqual(reply.headers.getSetCookie(), [])
      }
  })

  it('is ignored if it is there twice: another host may have set one', async () => {
    const { refresh } = await signedIn()
    const headers = { ...own, Cookie: `${name}=${refresh}; other=1; ${name}=${user.refresh}` }
    for (const operation of ['refreshToken', 'revokeToken'] as const)
      assertInvalid(await service.call(operation, { body: { refresh: '' }, headers }), '/refresh')
    assert.equal((await send('refreshToken', refresh)).status, 200)
  })

  const assertDeleted = (reply: Answer) => {
    const { value, maxAge, path, httpOnly, secure, sameSite } = cookieOf(reply)
    assert.deepEqual([value ?? '', maxAge, path], ['', 0, '/api/v1/auth/token/'])
    assert.deepEqual([httpOnly, secure, sameSite], [true, true, 'strict'])
  }

  it('is refused and deleted if it is no token', async () => {
    for (const token of ['x', (await signedIn()).refresh.replace('.', '%2E')]) {
      const reply = await send('refreshToken', token)
      assertUnauthorized(reply, 'token_not_valid')
      assertDeleted(reply)
    }
    for (const operation of ['refreshToken', 'revokeToken'] as const)
      for (const malformed of ['%00', 'x y', 'x'.repeat(4097)]) {
        const refused = await send(operation, malformed)
        assertInvalid(refused, name)
        assertDeleted(refused)
      }
  })

  it('is deleted if its session has ended, and if its token was reused', async () => {
    const ended = await signedIn()
    await send('revokeToken', ended.refresh)
    assertDeleted(await send('refreshToken', ended.refresh))
    const reused = await signedIn()
    await send('refreshToken', reused.refresh)
    await service.sql(`update sessions set began = began - interval '1 hour' where user_id = $1`, [user.id])
    const reply = await send('refreshToken', reused.refresh)
    assertUnauthorized(reply, 'token_not_valid')
    assertDeleted(reply)
  })

  it('is kept if another token, or another part of the request, is refused', async () => {
    const { refresh } = await signedIn()
    const headers = { ...own, Cookie: `${name}=${refresh}` }
    for (const [body, status] of [
      [{ refresh: 'x' }, 401],
      [{ refresh: '', more: 1 }, 400],
      [{}, 400],
    ] as const) {
      const reply = await service.call('refreshToken', { body, headers })
      assert.deepEqual([reply.status, reply.headers.getSetCookie()], [status, []])
    }
    assert.equal((await send('refreshToken', refresh)).status, 200)
  })

  it('is accepted from pages of the service and of CORS_ORIGINS', async () => {
    for (const headers of [own, { Origin: 'https://accounts.test' }, { Origin: app, 'Sec-Fetch-Site': 'same-site' }]) {
      assert.equal((await signIn(headers)).status, 200)
      const { refresh } = await signedIn()
      assert.equal((await send('refreshToken', refresh, headers)).status, 200)
      assert.equal((await send('revokeToken', refresh, headers)).status, 200)
    }
  })

  it('is refused from pages of other origins, without changing anything (security 117)', async () => {
    const { access, refresh } = await signedIn()
    for (const headers of foreign) {
      const replies = [
        await signIn(headers),
        await send('refreshToken', refresh, headers),
        await send('revokeToken', refresh, headers),
      ]
      for (const reply of replies) {
        assertProblem(reply, 403, 'origin_not_allowed')
        assert.deepEqual(reply.headers.getSetCookie(), [])
      }
    }
    assert.equal((await getMe(service, access)).status, 200)
    const sessions = await service.sql('select from sessions where user_id = $1 and ended_at is null', [user.id])
    assert.equal(sessions.length, 2) // those of addOwner and signedIn
    assert.equal((await send('refreshToken', refresh)).status, 200)
  })

  it('may be sent by scripts of CORS_ORIGINS, and to no other URL', async () => {
    const credentials = async (path: string, origin: string) => {
      const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' }
      const reply = await service.fetch(path, { method: 'OPTIONS', headers })
      return reply.headers.get('access-control-allow-credentials')
    }
    for (const path of ['', 'refresh/', 'blacklist/']) {
      assert.equal(await credentials(`/api/v1/auth/token/${path}`, app), 'true')
      assert.equal(await credentials(`/api/v1/auth/token/${path}`, 'https://evil.example'), null)
    }
    for (const path of ['/api/v1/users/me/', '/api/v1/auth/token/verify/', '/api/v1/auth/tokens/'])
      assert.equal(await credentials(path, app), null)
  })

  it('has the path prefix of the base URL, whatever host the proxy tells', async () => {
    const settings = { HOST_FOR_SEND_MAIL: 'https://example.com/accounts', TRUSTED_PROXIES: 'loopback' }
    const prefixed = await TestService.start(settings)
    try {
      const { email } = await addOwner(prefixed)
      const body = { email, password, refresh_cookie: true }
      for (const forwarded of [{ 'X-Forwarded-Host': 'example.com', 'X-Forwarded-For': '192.0.2.1' }, {}]) {
        const reply = await prefixed.call('createToken', { body, headers: { ...own, ...forwarded } })
        assert.equal(cookieOf(reply).path, '/accounts/api/v1/auth/token/')
      }
    } finally {
      await prefixed.stop()
    }
  })
})
