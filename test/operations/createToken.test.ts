import assert from 'node:assert/strict'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { assertInvalid, assertUnauthorized, withoutIds } from '../support/answers.ts'
import { readRows } from '../support/dump.ts'
import { TestService, type SignedIn } from '../support/service.ts'
import { addUser, insertRegistration } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { getMe, refreshPair, signIn } from './support/requests.ts'

const secretKey = 'the secret key of this test, long enough for production'

describe('createToken', () => {
  let service: TestService
  let user: SignedIn

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off', SECRET_KEY: secretKey })
    user = await service.signedIn()
  })
  after(() => service.stop())

  const rowsOf = async (table: 'login_logs' | 'sessions') =>
    service.sql<{ id: string }>(`select id from ${table} where user_id = $1`, [user.id])

  const hashOf = async (id: string) => {
    const [row] = await service.sql<{ password_hash: Buffer }>('select password_hash from users where id = $1', [id])
    return row?.password_hash ?? Buffer.alloc(0)
  }

  describe('the pair of tokens that createToken returns', () => {
    it('is valid, and is all that the reply contains', async () => {
      const { status, body, headers } = await signIn(service, user.email, user.password)
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(body).sort(), ['access', 'refresh'])
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal((await getMe(service, String(body['access']))).status, 200)
      assert.equal((await refreshPair(service, body['refresh'])).status, 200)
    })

    it('has the claims that simplejwt and RFC 9068 define', async () => {
      const { access, refresh } = user
      const [accessClaims, refreshClaims] = [decodeJwt(access), decodeJwt(refresh)]
      const [session] = await service.sql<{ id: string }>(
        'select id from sessions where user_id = $1 order by created_at limit 1',
        [user.id],
      )
      for (const [type, lifetime, { exp, iat, jti, ...claims }] of [
        ['access', 300, accessClaims],
        ['refresh', 86_400, refreshClaims],
      ] as const) {
        const { gen, ...others } = claims
        assert.deepEqual(others, {
          token_type: type,
          user_id: user.id,
          sub: user.id,
          sid: session?.id,
          iss: 'http://accounts.test',
          aud: 'http://accounts.test',
        })
        assert.equal(gen, type === 'refresh' ? 1 : undefined)
        assert.match(String(jti), /^[0-9a-f]{32}$/)
        assert.equal(Number(exp) - Number(iat), lifetime)
      }
      assert.notEqual(accessClaims.jti, refreshClaims.jti)
      assert.deepEqual([decodeProtectedHeader(access).alg, decodeProtectedHeader(access).typ], ['ES256', 'at+jwt'])
    })

    it('has no iat in the future, because iat is rounded down', async () => {
      // Waits until the second half of a second, in which the nearest whole second is in the future.
      await service.sql(`select pg_sleep(1 - extract(epoch from clock_timestamp()) % 1 + 0.6)`)
      const before = Math.floor(Date.now() / 1000)
      const { access } = await service.signIn(user.email)
      const after = Math.floor(Date.now() / 1000)
      const { iat = 0 } = decodeJwt(access)
      assert.ok(before <= iat && iat <= after, `${before} ≤ ${iat} ≤ ${after}`)
    })

    it('has the configured lifetimes', async () => {
      const other = await TestService.start({
        ACCESS_TOKEN_LIFETIME: '90s',
        REFRESH_TOKEN_LIFETIME: '2d',
        SESSION_LIFETIME: '1d',
      })
      try {
        const { email } = await addUser(other, { passwordHash: await hashOf(user.id) })
        const tokens = await other.signIn(email)
        const [access, refresh] = [decodeJwt(tokens.access), decodeJwt(tokens.refresh)]
        assert.equal(Number(access.exp) - Number(access.iat), 90)
        // The refresh token does not outlive the session.
        assert.equal(Number(refresh.exp) - Number(refresh.iat), 86_400)
      } finally {
        await other.stop()
      }
    })
  })

  describe('the credentials for createToken (security 5, 26)', () => {
    it('may be an address in any case, and a password in any Unicode form', async () => {
      assert.equal((await signIn(service, user.email.toUpperCase(), user.password)).status, 200)
      assert.equal(
        (
          await signIn(
            service,
            user.email,
            user.password.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
          )
        ).status,
        200,
      )
      assertUnauthorized(await signIn(service, user.email, `${user.password} `), 'no_active_account')
    })
  })

  describe('the records of a successful sign-in (security 78)', () => {
    it('are a login log, a session and last_login, from one transaction', async () => {
      const [logs, sessions] = [await rowsOf('login_logs'), await rowsOf('sessions')]
      await service.sql('update users set last_login = null where id = $1', [user.id])
      await service.signIn(user.email)
      assert.equal((await rowsOf('login_logs')).length, logs.length + 1)
      assert.equal((await rowsOf('sessions')).length, sessions.length + 1)
      const [row] = await service.sql<{ same: boolean }>(
        `select last_login = timestamp and timestamp = created_at as same
       from users u join login_logs l on l.user_id = u.id join sessions s on s.user_id = u.id
       where u.id = $1 order by timestamp desc, created_at desc limit 1`,
        [user.id],
      )
      assert.equal(row?.same, true) // now() is the same within one transaction.
    })
  })

  describe('the database after createToken (security 32)', () => {
    it('contains no part of a token, and no key that signs refresh tokens', async () => {
      const stored = await readRows(service.databaseUrl)
      assert.ok(stored.includes(String(decodeJwt(user.refresh)['sid'])))
      const key = deriveSecrets(secretKey).refreshTokens.export()
      const parts = [user.refresh, user.access].flatMap((token) => [
        ...token.split('.').slice(1),
        String(decodeJwt(token).jti),
      ])
      const encodings = ['hex', 'base64', 'base64url'] as const
      for (const secret of [...parts, secretKey, ...encodings.map((encoding) => key.toString(encoding))])
        assert.ok(!stored.includes(secret), secret)
    })
  })

  describe('the refusal of a sign-in (security 12)', () => {
    it('is the same for a wrong password and for each account that cannot sign in', async () => {
      const waiting = service.email()
      const registration = await insertRegistration(service, waiting)
      await service.sql('update registrations set password_hash = $2 where user_id = $1', [
        registration.id,
        await hashOf(user.id),
      ])
      const inactive = await addUser(service, { passwordHash: await hashOf(user.id) })
      await service.sql('update users set is_active = false where id = $1', [inactive.id])
      const passwordless = await addUser(service)
      const logs = await service.sql('select id from login_logs')
      const answers = [
        await signIn(service, 'unknown@example.com', user.password),
        await signIn(service, user.email, 'wrong password'),
        await signIn(service, inactive.email, user.password),
        await signIn(service, waiting, user.password),
        await signIn(service, passwordless.email, user.password),
      ]
      for (const answer of answers) {
        assertUnauthorized(answer, 'no_active_account')
        assert.deepEqual(withoutIds(answer), withoutIds(answers[0] ?? answer))
      }
      assert.deepEqual(await service.sql('select id from login_logs'), logs)
      const [untouched] = await service.sql<{ last_login: unknown }>('select last_login from users where id = $1', [
        inactive.id,
      ])
      assert.equal(untouched?.last_login, null)
    })
  })

  for (const [title, body, ...pointers] of [
    ['no members', {}, '/email', '/password'],
    ['a text that is no email address', { email: 'test', password: 'x' }, '/email'],
    ['simplejwt’s username', { username: 'test@example.com', password: 'x' }, '/email', '/username'],
    ['an empty password', { email: 'test@example.com', password: '' }, '/password'],
    ['a password of 257 characters', { email: 'test@example.com', password: 'x'.repeat(257) }, '/password'],
  ] as const) {
    it(`returns 400 for ${title}`, async () => {
      assertInvalid(await service.call('createToken', { body }), ...pointers)
    })
  }

  describeBodies('createToken', () => service, { email: 'test@example.com', password: 'x' })
})
