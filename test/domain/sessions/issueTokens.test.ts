import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { password, TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'

const standard = ['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub', 'token_type', 'user_id']

describe('ACCESS_TOKEN_CLAIMS', () => {
  let service: TestService
  afterEach(() => service.stop())

  const start = async (claims: string) => {
    service = await TestService.start({ ACCESS_TOKEN_CLAIMS: claims })
    const superuser = await addOwner(service, { superuser: true })
    const { body } = await service.call('createToken', { body: { email: superuser.email, password } })
    return { superuser, pair: body as Record<'access' | 'refresh', string> }
  }

  it('adds no claim about the user to tokens by default', async () => {
    const { pair } = await start('')
    assert.deepEqual(Object.keys(decodeJwt(pair.access)).sort(), standard)
  })

  it('adds the named claims to access tokens, but not to refresh tokens', async () => {
    const { superuser, pair } = await start('email, roles')
    const { email, roles, ...others } = decodeJwt(pair.access)
    assert.deepEqual([email, roles], [superuser.email, ['superuser']])
    assert.deepEqual(Object.keys(others).sort(), standard)
    assert.deepEqual(Object.keys(decodeJwt(pair.refresh)).sort(), [...standard, 'gen'].sort())
  })

  it('adds the current values when tokens are refreshed', async () => {
    const { superuser, pair } = await start('email,language,roles')
    await service.sql(`update users set language = 'ru', is_superuser = false where id = $1`, [superuser.id])
    const { status, body } = await service.call('refreshToken', { body: { refresh: pair.refresh } })
    assert.equal(status, 200)
    const { language, roles } = decodeJwt(String(body['access']))
    assert.deepEqual([language, roles], ['ru', []])
    assert.equal((await service.call('getMe', { token: String(body['access']) })).body['language'], 'ru')
  })
})
