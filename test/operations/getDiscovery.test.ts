import assert from 'node:assert/strict'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { head } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

describe('getDiscovery', () => {
  let service: TestService
  afterEach(() => service.stop())

  it('returns the base URL as issuer, and the URL of the keys, by default', async () => {
    service = await TestService.start({ HOST_FOR_SEND_MAIL: 'https://accounts.test/auth' })
    const { status, headers, body } = await service.call('getDiscovery')
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'public, max-age=300')
    assert.deepEqual(body, {
      issuer: 'https://accounts.test/auth',
      jwks_uri: 'https://accounts.test/auth/.well-known/jwks.json',
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    })
    assert.equal((await head(service, '/.well-known/openid-configuration')).status, 200)
  })

  it('does not take the host in the URL of the keys from the request', async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
    const { body } = await service.call('getDiscovery', { headers: { 'X-Forwarded-Host': 'evil.test' } })
    assert.equal(body['jwks_uri'], 'http://accounts.test/.well-known/jwks.json')
  })

  it('lets a verifier that only knows the issuer find the key of an access token', async () => {
    service = await TestService.start({ HOST_FOR_SEND_MAIL: '' })
    const { access, id } = await addUser(service)
    const found = (await (await fetch(`${service.url}/.well-known/openid-configuration`)).json()) as Record<
      'issuer' | 'jwks_uri',
      string
    >
    assert.equal(new URL(found.issuer).port, new URL(service.url).port)
    const keys = createRemoteJWKSet(new URL(found.jwks_uri))
    const { payload } = await jwtVerify(access, keys, { issuer: found.issuer, typ: 'at+jwt' })
    assert.equal(payload.sub, id)
  })
})
