import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertUnauthorized, head } from '../support/answers.ts'
import { TestService, type SignedIn } from '../support/service.ts'
import { decode, forge } from '../support/tokens.ts'
import { addUser, type Person } from '../support/users.ts'

describe('getMe', () => {
  let service: TestService
  let user: SignedIn

  before(async () => {
    service = await TestService.start()
    user = await service.signedIn()
  })
  after(() => service.stop())

  const getMe = (token?: string) => service.call('getMe', token === undefined ? {} : { token })
  const withHeader = (authorization: string) => service.call('getMe', { headers: { Authorization: authorization } })
  /** Signs a token with the service's own key, with other claims. */
  const signed = (token: string, claims: Record<string, unknown>) => {
    const genuine = decode(token)
    return forge(
      { ...genuine, claims: { ...genuine.claims, ...claims } },
      service.service.services.keyring.current.privateKey,
    )
  }

  it('returns exactly the documented members of the profile', async () => {
    const { status, body, headers } = await getMe(user.access)
    assert.equal(status, 200)
    const { date_joined, last_login, ...others } = body
    assert.deepEqual(others, {
      id: user.id,
      email: user.email,
      first_name: '',
      last_name: '',
      language: 'en',
      is_superuser: false,
    })
    for (const moment of [date_joined, last_login]) {
      assert.match(String(moment), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
      assert.ok(Math.abs(Date.now() - Date.parse(String(moment))) < 60_000)
    }
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.ok(headers.get('x-request-id'))
  })

  describe('the Authorization header of getMe (security 53)', () => {
    it('may have any number of spaces after Bearer, and Bearer in any case', async () => {
      for (const scheme of ['Bearer ', 'Bearer  ', 'bearer     ', 'BEARER '])
        assert.equal((await withHeader(`${scheme}${user.access}`)).status, 200, scheme)
      assert.equal((await withHeader(`  Bearer   ${user.access}  `)).status, 200)
    })

    it('is refused unless it has exactly one token after Bearer', async () => {
      for (const credentials of [
        ...['Bearer', 'Bearer  ', `Bearer\t${user.access}`, `Bearer \t${user.access}`, `Bearer ${user.access} x`],
        ...[
          `Bearer ${user.access},`,
          `Bearer "${user.access}"`,
          `Bearer token=${user.access}`,
          `Bearer =${user.access}`,
        ],
      ])
        assertProblem(await withHeader(credentials), 401, 'token_not_valid')
      for (const credentials of [user.access, `Bearer${user.access}`, `Bearer:${user.access}`, `Basic ${user.access}`])
        assertProblem(await withHeader(credentials), 401, 'not_authenticated')
    })

    it('cannot be replaced by a token in the query', async () => {
      for (const name of ['access_token', 'token', 'access', 'authorization']) {
        const query = { [name]: user.access }
        assertUnauthorized(await service.call('getMe', { query }), 'not_authenticated')
        assertUnauthorized(await service.call('getMe', { query, token: 'x' }), 'token_not_valid')
      }
    })
  })

  it('omits last_login for a user who never signed in', async () => {
    const { body } = await getMe((await addUser(service)).access)
    assert.equal('last_login' in body, false)
  })

  describe('the role in getMe (security 49)', () => {
    it('is read from the database, not from the token', async () => {
      const person = await addUser(service)
      await service.sql(`update users set first_name = 'Now', is_superuser = true where id = $1`, [person.id])
      const { body } = await getMe(signed(person.access, { is_superuser: false, first_name: 'Then' }))
      assert.deepEqual([body['first_name'], body['is_superuser']], ['Now', true])
      await service.sql('update users set is_superuser = false where id = $1', [person.id])
      const { body: after } = await getMe(signed(person.access, { is_superuser: true }))
      assert.equal(after['is_superuser'], false)
    })
  })

  it('answers HEAD without a body, and accepts the URL without its final slash', async () => {
    const expected = { status: 200, type: 'application/json', text: '' }
    assert.deepEqual(await head(service, '/api/v1/users/me/', user.access), expected)
    const headers = { Authorization: `Bearer ${user.access}` }
    const { status, body } = await service.fetch('/api/v1/users/me', { headers })
    assert.deepEqual([status, body['id']], [200, user.id])
    assert.equal((await head(service, '/api/v1/users/me/')).status, 401)
  })

  it('requires credentials of the scheme Bearer', async () => {
    assertUnauthorized(await getMe(), 'not_authenticated')
    for (const header of ['Basic dGVzdDp0ZXN0', 'Token x', user.access, `JWT ${user.access}`, `Bearer,${user.access}`])
      assertUnauthorized(await withHeader(header), 'not_authenticated')
  })

  it('accepts the scheme in any case (RFC 9110, 11.1)', async () => {
    assert.equal((await withHeader(`bearer ${user.access}`)).status, 200)
    assert.equal((await withHeader(`BEARER ${user.access}`)).status, 200)
  })

  describe('an invalid token in getMe (security 43–48)', () => {
    it('is refused if malformed, altered, expired, or of another key or type', async () => {
      const { header, claims } = decode(user.access)
      const [head, payload, signature] = user.access.split('.')
      const edited = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url')
      const attempts = [
        'x',
        'a.b.c',
        'null',
        `${user.access} x`,
        `\t${user.access}`,
        [head, edited, signature].join('.'),
        [head, payload, ''].join('.'),
        forge({ header: { ...header, alg: 'none' }, claims }),
        signed(user.access, { exp: Math.floor(Date.now() / 1000) - 6 }),
        signed(user.access, { aud: 'http://other.test' }),
        signed(user.access, { exp: undefined }),
        user.refresh,
      ]
      for (const attempt of attempts) assertUnauthorized(await getMe(attempt), 'token_not_valid')
      assertUnauthorized(await withHeader('Bearer'), 'token_not_valid')
    })
  })

  describe('a valid token in getMe (security 40)', () => {
    for (const [title, code, end] of [
      ['a deleted user', 'user_not_found', 'delete from users where id = $1'],
      ['a suspended user', 'user_inactive', 'update users set is_active = false where id = $1'],
      ['an ended session', 'token_not_valid', 'update sessions set ended_at = now() where user_id = $1'],
      [
        'a session that was idle too long',
        'token_not_valid',
        'update sessions set idle_until = now() where user_id = $1',
      ],
      [
        'a session beyond its maximum age',
        'token_not_valid',
        'update sessions set absolute_until = now() where user_id = $1',
      ],
      ['a session that was deleted', 'token_not_valid', 'delete from sessions where user_id = $1'],
    ] as const) {
      it(`gets 401 ${code} at once if it belongs to ${title}`, async () => {
        const person = await addUser(service)
        assert.equal((await getMe(person.access)).status, 200)
        await service.sql(end, [person.id])
        assertUnauthorized(await getMe(person.access), code)
      })
    }
  })

  it('refuses a token that names the session of another user', async () => {
    const people: Person[] = [await addUser(service), await addUser(service)]
    assertUnauthorized(await getMe(signed(people[0]?.access ?? '', { sid: people[1]?.sessionId })), 'token_not_valid')
  })

  it('accepts only the methods GET, HEAD and PATCH', async () => {
    const answer = await service.fetch('/api/v1/users/me/', {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${user.access}` },
    })
    assertProblem(answer, 405, 'method_not_allowed')
    assert.deepEqual(answer.headers.get('allow')?.split(', ').sort(), ['GET', 'HEAD', 'PATCH'])
  })
})
