import assert from 'node:assert/strict'
import { decode } from '../support/tokens.ts'
import { password, TestService } from '../support/service.ts'

/** Registers and signs in. @returns the origin in the mailed link, and iss and aud of the token */
async function namesOf(service: TestService): Promise<{ origin: string; iss: unknown; aud: unknown }> {
  const email = service.email()
  const body = { email, password, password_confirm: password }
  assert.equal((await service.call('registerUser', { body })).status, 201)
  const { link, code } = await service.mailTo(email)
  assert.equal((await service.call('confirmActivation', { body: { code } })).status, 200)
  const { access } = await service.signIn(email)
  assert.equal((await service.call('getMe', { token: access })).status, 200)
  const { iss, aud } = decode(access).claims
  return { origin: new URL(link).origin, iss, aud }
}

describe('a service with PORT=0', () => {
  for (const [title, settings, expected] of [
    ['puts the bound port into links, iss and aud', {}, {}],
    [
      'does not replace an issuer and an audience that are set',
      { JWT_ISSUER: 'me', JWT_AUDIENCE: 'you' },
      { iss: 'me', aud: 'you' },
    ],
  ] as const) {
    it(title, async () => {
      const service = await TestService.start({ HOST_FOR_SEND_MAIL: '', ...settings })
      try {
        const bound = `http://localhost:${new URL(service.url).port}`
        assert.notEqual(bound, 'http://localhost:0')
        assert.deepEqual(await namesOf(service), { origin: bound, iss: bound, aud: bound, ...expected })
      } finally {
        await service.stop()
      }
    })
  }

  it('does not put the bound port into a base URL that is set', async () => {
    const service = await TestService.start({ HOST_FOR_SEND_MAIL: 'https://accounts.test' })
    try {
      const expected = { origin: 'https://accounts.test', iss: 'https://accounts.test', aud: 'https://accounts.test' }
      assert.deepEqual(await namesOf(service), expected)
    } finally {
      await service.stop()
    }
  })
})
