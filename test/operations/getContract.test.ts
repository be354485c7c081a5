import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { head } from '../support/answers.ts'
import { TestService } from '../support/service.ts'

describe('getContract', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('returns the bytes of openapi.yaml', async () => {
    const reply = await fetch(`${service.url}/openapi.yaml`)
    const file = await readFile(new URL('../../openapi.yaml', import.meta.url))
    assert.equal(reply.status, 200)
    assert.ok(file.equals(await reply.bytes()))
    assert.equal(reply.headers.get('content-type')?.split(';')[0], 'text/plain')
    assert.equal(reply.headers.get('cache-control'), 'public, max-age=300')
    assert.equal((await head(service, '/openapi.yaml')).status, 200)
  })
})
