import assert from 'node:assert/strict'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'
import { TestService, type OperationId } from '../support/service.ts'

const { operations } = readCoveredApi(readOpenApi())

describe('the request examples of the contract', () => {
  let service: TestService
  let token: string
  let browser: Record<string, string>
  before(async () => {
    service = await TestService.start()
    const { access, refresh } = await service.signedIn()
    token = access
    browser = { Cookie: `__Secure-gatehouse_refresh=${refresh}`, 'Sec-Fetch-Site': 'same-origin' }
  })
  after(() => service.stop())

  for (const { id, body, replies } of operations) {
    for (const [name, { value }] of Object.entries(body?.examples ?? {})) {
      it(`are valid and get a documented reply: ${name} of ${id}`, async () => {
        const { status, body: answer } = await service.call(id as OperationId, { body: value, token, headers: browser })
        assert.ok(replies.map((reply) => reply.status).includes(String(status)), `${status} is not documented`)
        // An example may name a user or code that does not exist, but clients copy it, so it must be valid.
        assert.ok(status < 500 && answer['code'] !== 'invalid', JSON.stringify(answer))
      })
    }
  }

  it('exist for every operation with a body', () => {
    const withBody = operations.filter(({ body }) => body)
    assert.ok(withBody.length >= 10)
    for (const { id, body } of withBody) assert.ok(Object.keys(body?.examples ?? {}).length > 0, id)
  })
})
