import assert from 'node:assert/strict'
import { asLogged, findLeaks } from '../support/canaries.ts'
import { password, TestService, type Call, type OperationId } from '../support/service.ts'
import { addOwner, addUser } from '../support/users.ts'

type Line = Record<string, unknown>

const secretKey = 'the secret key of this test, which no log may show'
const other = 'Tr0ub4dor & 3 "with" \\ marks'

describe('the log of requests', () => {
  let service: TestService
  const lines: string[] = []
  before(async () => {
    service = await TestService.start({ SECRET_KEY: secretKey }, { onLog: (line) => lines.push(line) })
  })
  after(() => service.stop())

  describe('secrets in the log (security 80)', () => {
    it('do not occur at debug level: no password, code, token or key', async () => {
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
      const codes = [await mailedCode(), await mailedCode()] // the notice of the changed password has no code
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
      // There may be one more: the password of the database, which is left out if it is short.
      assert.ok(canaries.length >= 9, `${canaries.length} secrets`)
      assert.deepEqual(findLeaks(canaries, lines), [])
    })
  })

  describe('the log line of a request', () => {
    const lineOf = (operation: string, status: number) => {
      const line = lines.map((text) => JSON.parse(text) as Line).findLast((each) => each['operation'] === operation)
      assert.ok(line)
      assert.equal(line['status'], status, operation)
      return line
    }
    const wrongPassword = ['current_password_incorrect', 'wrong password'] as const

    it('has id, operation, status, duration, bytes, user and network', async () => {
      const user = await addUser(service)
      const { headers } = await service.call('getMe', { token: user.access })
      const { time, pid, hostname, ms, ...line } = lineOf('getMe', 200)
      assert.ok([time, pid, ms].every(Number.isFinite) && typeof hostname === 'string')
      assert.deepEqual(line, {
        ...{ level: 30, msg: 'request', method: 'GET', path: '/api/v1/users/me/', operation: 'getMe', status: 200 },
        request_id: headers.get('x-request-id'),
        bytes: Number(headers.get('content-length')),
        user_id: user.id,
        network: '127.0.0.0/24',
      })
    })

    it('has the code and the reason of a problem', async () => {
      const user = await addOwner(service)
      const now = Math.floor(Date.now() / 1000)
      const times = { issued_at: now - 3600, idle_until: now - 60 }
      const session = { user_id: user.id, id: user.sessionId, generation: 1, ...times }
      const expired = service.service.services.tokens.issuePair(session)
      const reasons: [OperationId, Call, number, string, string | undefined][] = [
        ['getMe', {}, 401, 'not_authenticated', undefined],
        ['getMe', { token: 'x.y.z' }, 401, 'token_not_valid', 'another type'],
        ['getMe', { token: expired.access }, 401, 'token_not_valid', 'token expired'],
        ['refreshToken', { body: { refresh: expired.refresh } }, 401, 'token_not_valid', 'token expired'],
        ['createToken', { body: { email: 'x@example.com', password } }, 401, 'no_active_account', 'unknown address'],
        ['deleteMe', { token: user.access, body: { current_password: other } }, 400, ...wrongPassword],
      ]
      for (const [id, asked, status, code, reason] of reasons) {
        await service.call(id, asked)
        const line = lineOf(id, status)
        assert.deepEqual([line['level'], line['code'], line['reason']], [30, code, reason])
      }
    })

    it('says that a refresh token was refused because it was reused', async () => {
      const user = await addUser(service)
      const refresh = async (token: unknown) => service.call('refreshToken', { body: { refresh: token } })
      const second = await refresh(user.refresh)
      await refresh(second.body['refresh'])
      const old = `began = began - interval '1 hour', parent_began = parent_began - interval '1 hour'`
      await service.sql(`update sessions set ${old} where user_id = $1`, [user.id])
    })

    it('counts the bytes of a reply, and none for HEAD', async () => {
      const user = await addOwner(service)
      const body = { current_password: password }
      const { headers } = await service.call('exportMe', { token: user.access, body })
      assert.equal(lineOf('exportMe', 200)['bytes'], Number(headers.get('content-length')))
      await service.fetch('/health/live', { method: 'HEAD' })
      assert.equal(lineOf('getLiveness', 200)['bytes'], 0)
    })

    it('is at debug level for a probe that succeeds', async () => {
      for (const id of ['getLiveness', 'getReadiness'] as const) {
        await service.call(id)
        assert.equal(lineOf(id, 200)['level'], 20)
      }
    })
  })

  it('is searched by these tests for secrets in any place, as such and in JSON', () => {
    const token = `ey${'A'.repeat(20)}.${'B'.repeat(20)}.sWc4lV9KpXr7mQzT`
    const canaries = [password, other, token].flatMap(asLogged)
    for (const shown of [password, JSON.stringify(other), `Bearer ${token}`])
      for (let at = 0; at < 20; at++)
        assert.equal(findLeaks(canaries, ['a line', `${'-'.repeat(at)}${shown}`]).length, 1)
    assert.deepEqual(findLeaks(canaries, [password.slice(1), token.slice(0, -1)]), [])
    assert.deepEqual([...asLogged('12345678'), ...asLogged('x'.repeat(64)), ...asLogged('a.b.')], [])
  })
})
