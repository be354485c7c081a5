import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

const signingKey = 'django-key-of-a-project-that-is-replaced-and-runs-no-more'
const legacyId = '4711'
const now = () => Math.floor(Date.now() / 1000)

describe('refreshToken with a refresh token of simplejwt (DJANGO_SIGNING_KEY)', () => {
  let service: TestService
  let user: Person
  before(async () => {
    service = await TestService.start({ DJANGO_SIGNING_KEY: signingKey })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
    await service.sql('delete from legacy_ids')
    await service.sql('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', [legacyId, user.id])
  })

  /** Makes a token as simplejwt does. An undefined claim is left out. */
  function makeToken(claims: object = {}, key = signingKey, options: jwt.SignOptions = {}): string {
    const jti = randomBytes(16).toString('hex')
    const all = { token_type: 'refresh', exp: now() + 3600, iat: now() - 60, jti, user_id: legacyId, ...claims }
    return jwt.sign(JSON.parse(JSON.stringify(all)) as object, key, { algorithm: 'HS256', ...options })
  }
  const refresh = (token: string, at = service) => at.call('refreshToken', { body: { refresh: token } })

  it('returns tokens of a new session, which work like those of a sign-in', async () => {
    const { status, body } = await refresh(makeToken())
    assert.equal(status, 200)
    const me = await service.call('getMe', { token: String(body['access']) })
    assert.equal(me.body['email'], user.email)
    assert.equal((await refresh(String(body['refresh']))).status, 200)
    const sessions = await service.call('listSessions', { token: String(body['access']) })
    assert.equal(sessions.body['count'], 2)
  })

  it('accepts the id as a number, as simplejwt before 5.5.1 wrote it', async () => {
    assert.equal((await refresh(makeToken({ user_id: Number(legacyId) }))).status, 200)
  })

  it('accepts each token once, also if it is sent several times at once', async () => {
    const token = makeToken()
    const replies = await Promise.all(Array.from({ length: 8 }, () => refresh(token)))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    for (const reply of replies.filter(({ status }) => status !== 200)) assertUnauthorized(reply, 'token_not_valid')
    assertUnauthorized(await refresh(token), 'token_not_valid')
    const [row] = await service.sql<{ count: number }>('select count(*) from sessions where user_id = $1', [user.id])
    assert.equal(Number(row?.count), 2)
  })

  const unsigned = (token: string) => {
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    return `${header}.${token.split('.')[1]}.`
  }
  for (const [why, makeBad] of [
    ['an access token', () => makeToken({ token_type: 'access' })],
    ['a sliding token', () => makeToken({ token_type: 'sliding' })],
    ['another key', () => makeToken({}, 'another key of a Django project')],
    ['an expired token', () => makeToken({ exp: now() - 10 })],
    ['a token from the future', () => makeToken({ iat: now() + 60 })],
    ['a token without exp', () => makeToken({ exp: undefined })],
    ['a token without iat', () => withoutIat()],
    ['a token without jti', () => makeToken({ jti: undefined })],
    ['a jti with a line break', () => makeToken({ jti: 'a\nb' })],
    ['a token without a user', () => makeToken({ user_id: undefined })],
    ['an unknown user', () => makeToken({ user_id: '4712' })],
    ['the UUID of the user', () => makeToken({ user_id: user.id })],
    ['a list as user', () => makeToken({ user_id: [legacyId] })],
    ['no signature', () => unsigned(makeToken())],
    ['another algorithm', () => makeToken({}, signingKey, { algorithm: 'HS512' })],
    ['a key id', () => makeToken({}, signingKey, { keyid: 'x' })],
  ] as const)
    it(`refuses ${why}`, async () => {
      assertUnauthorized(await refresh(makeBad()), 'token_not_valid')
      assert.deepEqual(
        await service.sql('select from sessions where user_id = $1 and id <> $2', [user.id, user.sessionId]),
        [],
      )
    })

  function withoutIat(): string {
    const { iat: _, ...claims } = jwt.decode(makeToken()) as jwt.JwtPayload
    return jwt.sign(claims, signingKey, { algorithm: 'HS256', noTimestamp: true })
  }

  it('refuses a token in the blacklist of Django', async () => {
    await service.sql(`insert into exchanged_tokens (jti, expires_at) values ('listed', now() + interval '1 hour')`)
    assertUnauthorized(await refresh(makeToken({ jti: 'listed' })), 'token_not_valid')
  })

  it('refuses the token of a suspended user, and of one who has a new password since', async () => {
    const token = makeToken()
    await service.sql('update users set is_active = false where id = $1', [user.id])
    assertUnauthorized(await refresh(token), 'token_not_valid')
    await service.sql('update users set is_active = true where id = $1', [user.id])
    const revoked = await service.call('revokeSessions', { token: user.access, body: { keep_current: true } })
    assert.equal(revoked.status, 200)
    assertUnauthorized(await refresh(token), 'token_not_valid')
    assert.equal((await refresh(makeToken({ iat: now() + 1 }))).status, 200)
  })

  it('claims no token that is refused', async () => {
    const token = makeToken()
    await service.sql('update users set is_active = false where id = $1', [user.id])
    await refresh(token)
    await service.sql('update users set is_active = true where id = $1', [user.id])
    assert.equal((await refresh(token)).status, 200)
  })

  it('is not accepted by other operations', async () => {
    assertUnauthorized(await service.call('getMe', { token: makeToken({ token_type: 'access' }) }), 'token_not_valid')
    assertUnauthorized(await service.call('verifyToken', { body: { token: makeToken() } }), 'token_not_valid')
  })

  it('is refused without the setting', async () => {
    const other = await TestService.start()
    try {
      const { id } = await addUser(other)
      await other.sql('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', [legacyId, id])
      assertUnauthorized(await refresh(makeToken(), other), 'token_not_valid')
      assertUnauthorized(await refresh(makeToken({}, ''.padEnd(40, 'x')), other), 'token_not_valid')
    } finally {
      await other.stop()
    }
  })
})
