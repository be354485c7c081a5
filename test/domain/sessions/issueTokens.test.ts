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

describe('USER_ID_CLAIM=legacy', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start({ USER_ID_CLAIM: 'legacy' })
  })
  after(() => service.stop())

  const claimsOf = async (legacyId?: string) => {
    const { id, email } = await addOwner(service)
    if (legacyId !== undefined)
      await service.sql('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', [legacyId, id])
    const { body } = await service.call('createToken', { body: { email, password } })
    const tokens = body as Record<'access' | 'refresh', string>
    assert.equal((await service.call('getMe', { token: tokens.access })).body['id'], id)
    const [access, refresh] = [decodeJwt(tokens.access), decodeJwt(tokens.refresh)]
    assert.deepEqual([access.sub, refresh['user_id']], [id, id])
    return { id, claim: access['user_id'] }
  }

  it('puts an integer into access tokens as a number', async () => {
    assert.equal((await claimsOf('4711')).claim, 4711)
  })

  it('puts other ids into access tokens as text', async () => {
    assert.equal((await claimsOf('007')).claim, '007')
    assert.equal((await claimsOf('9007199254740993')).claim, '9007199254740993')
  })

  it('puts the id of a user who was not imported into access tokens', async () => {
    const { id, claim } = await claimsOf()
    assert.equal(claim, id)
  })
})
