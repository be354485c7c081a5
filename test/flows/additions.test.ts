import assert from 'node:assert/strict'
import { Client, Problem } from '../../generated/sdk/index.ts'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'
import { closeSchema } from '../../src/http/closedSchema.ts'
import { createAjv } from '../../src/http/validation.ts'
import { formats } from '../../src/openapi.ts'
import { AdditiveProxy } from '../../scripts/sdk/additiveProxy.ts'
import { password, TestService } from '../support/service.ts'

const later = { ru: 'de', password_changed: 'added_type', not_found: 'added_code' }

describe('a later version that adds members, error codes, event types and languages', () => {
  let service: TestService
  let proxy: AdditiveProxy
  before(async () => {
    service = await TestService.start()
    proxy = await AdditiveProxy.start(service.url, later)
  })
  after(async () => {
    await proxy.stop()
    await service.stop()
  })

  it('serves a client that uses the SDK of this version', async () => {
    const client = new Client({ baseUrl: proxy.url })
    const { email } = await service.activeUser({ language: 'ru' })
    const { access } = await client.createToken({ email, password })
    const user = await client.getMe()
    assert.deepEqual([user.email, user.language], [email, 'de'])
    assert.equal((user as { added_member?: unknown }).added_member, 'added')
    const change = { current_password: password, password: 'another long one', password_confirm: 'another long one' }
    await client.changePassword(change)
    const types: string[] = []
    for await (const event of client.iterateSecurityEvents({ page_size: 1 })) types.push(event.type)
    assert.ok(types.includes('added_type'), types.join())
    await client.verifyToken({ token: access })
    assert.equal((await client.listSessions()).results.length, 1)
    const problem: unknown = await client.revokeSession(user.id).catch((error: unknown) => error)
    assert.ok(problem instanceof Problem)
    assert.deepEqual([problem.status, problem.code], [404, 'added_code'])
    await client.signOut()
  })

  it('satisfies the open schemas of this contract, but not the service’s reply check', () => {
    const { operations } = readCoveredApi(readOpenApi())
    const ajv = createAjv(formats)
    assert.ok(proxy.replies.length >= 8)
    for (const { method, path, status, type, body } of proxy.replies) {
      const { pathname } = new URL(path, service.url)
      const operation = operations.find((one) => one.method === method && one.path.test(pathname))
      const reply = operation?.replies.find((one) => one.status === String(status) && one.type === type)
      assert.ok(reply?.media, `${method} ${path} ${status} ${type}`)
      const { schema } = reply.media
      assert.ok(ajv.validate(schema, body), `${method} ${path}: ${ajv.errorsText()}`)
      assert.ok(!ajv.validate(closeSchema(schema), body), `${method} ${path}`)
    }
  })
})
