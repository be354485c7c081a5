import assert from 'node:assert/strict'
import { asLogged, findLeaks } from '../support/canaries.ts'
import { password, TestService } from '../support/service.ts'

const secretKey = 'the secret key of this test, which no log may show'
const other = 'Tr0ub4dor & 3 "with" \\ marks'

describe('the log', () => {
  let service: TestService
  const lines: string[] = []
  before(async () => {
    service = await TestService.start({ SECRET_KEY: secretKey }, { onLog: (line) => lines.push(line) })
  })
  after(() => service.stop())

  describe('secrets (security 80)', () => {
    it('contains no password, code, token or key at debug level', async () => {
      const secrets = [password, other, secretKey, new URL(service.databaseUrl).password]
      const email = service.email()
      const call: typeof service.call = async (id, asked) => {
        const answer = await service.call(id, asked)
        for (const name of ['access', 'refresh']) if (name in answer.body) secrets.push(String(answer.body[name]))
        return answer
      }
      const mailedCode = async () => {
        const { code } = await service.mailTo(email)
        secrets.push(code)
        return code
      }
      await call('registerUser', { body: { email, password, password_confirm: password } })
      const code = await mailedCode()
      await call('activateUser', { query: { code } })
      await call('confirmActivation', { body: { code } })
      const { body: tokens } = await call('createToken', { body: { email, password } })
      const { body: renewed } = await call('refreshToken', { body: { refresh: tokens['refresh'] } })
      const token = String(renewed['access'])
      await call('getMe', { token, query: { access_token: token } })
      await call('verifyToken', { body: { token } })
      await call('createToken', { body: { email, password: other } })
      await call('exportMe', { token, body: { current_password: other } })
      await call('changePassword', {
        token,
        body: { current_password: password, password: other, password_confirm: other },
      })
      await call('forgotPassword', { body: { email } })
      const codes = [await mailedCode(), await mailedCode()] // the notice of the change has none
      const restore = { code: codes.join(''), password, password_confirm: password }
      await call('restorePassword', { body: { ...restore, unknown: other } })
      await service.sql('alter table codes rename to codes_away')
      assert.equal((await call('restorePassword', { body: restore })).status, 500)
      await service.sql('alter table codes_away rename to codes')
      const malformed = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: `{"password":"${other}`,
      }
      assert.equal((await service.fetch('/api/v1/auth/token/', malformed)).status, 400)
      assert.equal((await call('restorePassword', { body: restore })).status, 200)

      for (const said of ['"level":20', '"operation":"restorePassword"', 'codes'])
        assert.ok(
          lines.some((line) => line.includes(said)),
          said,
        )
      const canaries = secrets.flatMap(asLogged)
      assert.ok(canaries.length >= 9, `${canaries.length} secrets`) // the password of the database may be too short to be one
      assert.deepEqual(findLeaks(canaries, lines), [])
    })
  })

  it('is searched by the tests for secrets in any position and encoding', () => {
    const token = `ey${'A'.repeat(20)}.${'B'.repeat(20)}.sWc4lV9KpXr7mQzT`
    const canaries = [password, other, token].flatMap(asLogged)
    for (const shown of [password, JSON.stringify(other), `Bearer ${token}`])
      for (let at = 0; at < 20; at++)
        assert.equal(findLeaks(canaries, ['a line', `${'-'.repeat(at)}${shown}`]).length, 1)
    assert.deepEqual(findLeaks(canaries, [password.slice(1), token.slice(0, -1)]), [])
    assert.deepEqual([...asLogged('12345678'), ...asLogged('x'.repeat(64)), ...asLogged('a.b.')], [])
  })
})
