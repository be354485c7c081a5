import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'

describe('/docs/', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('is the target of a redirect from /docs, on any host', async () => {
    const { status, headers } = await service.fetch('/docs', { headers: { 'X-Forwarded-Host': 'evil.test' } })
    assert.equal(status, 302)
    assert.equal(headers.get('location'), '/docs/')
  })

  it('has a strict content security policy, without inline scripts and other origins', async () => {
    const { status, headers, body } = await service.fetch('/docs/')
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    const policy = String(headers.get('content-security-policy'))
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      assert.ok(policy.split('; ').includes(directive), directive)
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
    const html = String(body['text'])
    assert.doesNotMatch(html, /<script[^>]*>[^<]|\son\w+=|style=|https?:/)
    assert.equal((await service.fetch('/docs/', { method: 'HEAD' })).status, 200)
  })

  it('serves the contract and all its assets, with caching', async () => {
    const html = String((await service.fetch('/docs/')).body['text'])
    const names = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, name]) => String(name))
    assert.equal(names.length, 5, names.join())
    for (const name of [...names, '/openapi.json']) {
      const { status, headers } = await service.fetch(new URL(name, 'http://x/docs/').pathname)
      assert.equal(status, 200, name)
      assert.match(String(headers.get('cache-control')), /^public, max-age=/)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      const extension = String(name.split('.').at(-1))
      const type = { js: 'javascript', yaml: 'plain' }[extension] ?? extension
      assert.match(String(headers.get('content-type')), new RegExp(`^\\w+/${type}(;|$)`))
    }
  })

  for (const name of ['openapi-3.0.json', 'openapi-clients.json'])
    it(`serves the contract as OpenAPI 3.0.3 at ${name}, equal to the checked-in file`, async () => {
      const { status, headers, body } = await service.fetch(`/docs/${name}`)
      assert.equal(status, 200)
      assert.match(String(headers.get('content-type')), /^application\/json\b/)
      const file = await readFile(new URL(`../../generated/${name}`, import.meta.url), 'utf8')
      assert.deepEqual(body, JSON.parse(file))
      assert.equal(body['openapi'], '3.0.3')
    })

  it('serves no other file', async () => {
    for (const path of [
      '/docs/package.json',
      '/docs/swagger-ui.css.map',
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs//swagger-ui.css',
      '/DOCS/',
      '/account/docs.js',
      '/account/style.css/',
    ])
      assertProblem(await service.fetch(path), 404, 'not_found')
    const answer = await service.fetch('/docs/', { method: 'POST' })
    assertProblem(answer, 405, 'method_not_allowed')
    assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  })
})

describe('DOCS=off', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ DOCS: 'off' })
  })
  after(() => service.stop())

  it('serves nothing under /docs/', async () => {
    for (const path of ['/docs', '/docs/', '/docs/start.js', '/docs/swagger-ui-bundle.js', '/docs/openapi-3.0.json'])
      assertProblem(await service.fetch(path), 404, 'not_found')
  })

  it('makes the start page and the pages about problems link to openapi.yaml', async () => {
    for (const path of ['/', '/problems/not_found']) {
      const { body } = await service.fetch(path)
      assert.match(String(body['text']), /<a href="\/openapi\.yaml">/)
      assert.doesNotMatch(String(body['text']), /\/docs/)
    }
  })
})
