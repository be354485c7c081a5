import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { TestService } from '../support/service.ts'

describe('getContractJson', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('returns openapi.yaml as JSON', async () => {
    const { status, headers, body } = await service.call('getContractJson')
    const file = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8')
    assert.equal(status, 200)
    assert.deepEqual(body, parse(file))
    assert.equal(headers.get('content-type')?.split(';')[0], 'application/json')
    assert.equal(headers.get('cache-control'), 'public, max-age=300')
  })
})
