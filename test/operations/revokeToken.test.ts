import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { assertInvalid, assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { decode, forge } from '../support/tokens.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { getMe, refreshPair } from './support/requests.ts'

const secretKey = 'the secret key of this test, long enough for production'

describe('revokeToken', () => {
  const { refreshTokens } = deriveSecrets(secretKey)
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ SECRET_KEY: secretKey })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const revoke = (refresh: unknown) => service.call('revokeToken', { body: { refresh } })
  const endedBy = async (person = user) => {
    const [row] = await service.sql<{ ended_by: string | null }>('select ended_by from sessions where user_id = $1', [
      person.id,
    ])
    return row?.ended_by
  }
  const answersAlike = async (token: string) => {
    const { status, body } = await revoke(token)
    assert.deepEqual([status, body], [200, {}])
  }

  describe('a refresh token in revokeToken (security 41)', () => {
    it('ends its session, so that both tokens are refused at once', async () => {
      await answersAlike(user.refresh)
      assert.equal(await endedBy(), 'signed_out')
      assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
    })

    it('ends its session even if it was rotated long ago', async () => {
      const { body } = await refreshPair(service, user.refresh)
      const { body: latest } = await refreshPair(service, body['refresh'])
      await service.sql(
        `update sessions set began = began - interval '1 hour', parent_began = parent_began - interval '1 hour' where user_id = $1`,
        [user.id],
      )
      await answersAlike(user.refresh)
      assert.equal(await endedBy(), 'signed_out')
      assertUnauthorized(await refreshPair(service, latest['refresh']), 'token_not_valid')
    })

    it('ends its session even if it has expired', async () => {
      const { header, claims } = decode(user.refresh)
      const expired = forge({ header, claims: { ...claims, exp: Math.floor(Date.now() / 1000) - 3600 } }, refreshTokens)
      assertUnauthorized(await refreshPair(service, expired), 'token_not_valid')
      await answersAlike(expired)
      assert.equal(await endedBy(), 'signed_out')
    })

    it('gets 200, but ends no session, if another service issued it', async () => {
      const { header, claims } = decode(user.refresh)
      const withSubject = (sub: string): Record<string, unknown> => ({ ...claims, sub })
      const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      for (const token of [
        'x',
        ' ',
        'a.b.c',
        '..',
        'x'.repeat(4096),
        "'; delete from sessions --",
        user.access,
        forge({ header: { ...header, alg: 'none' }, claims }),
        forge({ header, claims }, stranger),
        forge({ header, claims }, deriveSecrets('another secret').refreshTokens),
        forge({ header, claims: { ...claims, token_type: 'access' } }, refreshTokens),
        forge({ header, claims: withSubject('unknown') }, refreshTokens),
        forge({ header, claims: withSubject(randomUUID()) }, refreshTokens),
      ]) {
        await answersAlike(token)
        assert.equal(await endedBy(), null)
      }
    })
  })

  it('ends no other session, neither of the same user nor of another', async () => {
    const other = await addUser(service)
    const second = randomUUID()
    await service.sql(
      'insert into sessions select user_id, $2, generation, began, parent_began, created_at, last_used_at, idle_until, absolute_until, ip_address, user_agent from sessions where user_id = $1',
      [user.id, second],
    )
    await answersAlike(user.refresh)
    assert.equal(await endedBy(other), null)
    const live = await service.sql<{ id: string }>('select id from sessions where user_id = $1 and ended_at is null', [
      user.id,
    ])
    assert.deepEqual(live, [{ id: second }])
  })

  it('does not change an ended session, and returns 200', async () => {
    await service.sql(`update sessions set ended_at = '2026-01-01', ended_by = 'refresh_reused' where user_id = $1`, [
      user.id,
    ])
    await answersAlike(user.refresh)
    assert.equal(await endedBy(), 'refresh_reused')
  })

  it('returns 200 if the user and the session were deleted', async () => {
    await service.sql('delete from users where id = $1', [user.id])
    await service.sql('delete from sessions where user_id = $1', [user.id])
    await answersAlike(user.refresh)
    assert.equal(await endedBy(), undefined)
  })

  it('refuses an empty token and a token of more than 4,096 characters', async () => {
    assertInvalid(await revoke(''), '/refresh')
    assertInvalid(await revoke('x'.repeat(4097)), '/refresh')
  })

  describeBodies('revokeToken', () => service, { refresh: 'x' })
})
