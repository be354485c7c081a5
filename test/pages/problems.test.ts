import assert from 'node:assert/strict'
import { russianProblems } from '../../src/pages/problemTexts.ts'
import { Problem, type ProblemCode } from '../../src/problems.ts'
import { assertProblem } from '../support/answers.ts'
import { contract } from '../support/contract.ts'
import { decodeHtml } from '../support/html.ts'
import { TestService } from '../support/service.ts'

const { 'x-enumDescriptions': descriptions } = contract.components.schemas['ProblemCode'] as {
  'x-enumDescriptions': Record<ProblemCode, string>
}
const codes = Object.keys(descriptions) as ProblemCode[]

describe('/problems/', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const open = (code: string, language = 'en') =>
    service.fetch(`/problems/${code}`, { headers: { 'Accept-Language': language } })

  it('has a page about each error code, as the contract describes it', async () => {
    for (const code of codes) {
      const { status, headers, body } = await open(code)
      const html = String(body['text'])
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/html; charset=utf-8'])
      assert.match(html, /^<!doctype html>\n<html lang="en">/)
      const problem = new Problem(code)
      assert.ok(html.includes(`<h1>${problem.title}</h1>`), code)
      assert.ok(html.includes(`<p>HTTP ${problem.status} · <code>${code}</code></p>`), code)
      const text = decodeHtml(html.replace(/<\/?code>/g, '`'))
      assert.ok(text.includes(`<p>${descriptions[code]}</p>`), text)
    }
  })

  it('has the same pages in Russian', async () => {
    for (const code of codes) {
      const { title, text } = russianProblems[code]
      const html = String((await open(code, 'ru-RU,ru;q=0.9')).body['text'])
      assert.ok(html.includes('<html lang="ru">') && html.includes(`<h1>${title}</h1>`), code)
      assert.ok(decodeHtml(html.replace(/<\/?code>/g, '`')).includes(`<p>${text}</p>`), code)
      assert.doesNotMatch(text.replace(/`[^`]*`|URL|UTF-8/g, ''), /[A-Za-z]/, code)
      const named = (sentence: string) => sentence.match(/`[^`]*`/g) ?? []
      assert.deepEqual(named(text).sort(), named(descriptions[code]).sort(), code)
    }
  })

  it('has a page at the URL that is the type of a problem document', async () => {
    const { body } = await service.call('getMe')
    assert.equal(body['type'], 'http://accounts.test/problems/not_authenticated')
    assert.equal((await service.fetch(new URL(body['type']).pathname)).status, 200)
  })

  it('has the configured base URL in the type, whatever the host of the request', async () => {
    const { body } = await service.fetch('/api/v1/users/me/', { headers: { 'X-Forwarded-Host': 'evil.test' } })
    assert.equal(body['type'], 'http://accounts.test/problems/not_authenticated')
  })

  it('is cacheable for each language, and has no scripts', async () => {
    const { headers, body } = await open('throttled')
    assert.equal(headers.get('cache-control'), 'public, max-age=3600')
    assert.equal(headers.get('vary'), 'Accept-Language')
    assert.match(String(headers.get('content-security-policy')), /^default-src 'none'; style-src 'self';/)
    assert.doesNotMatch(String(body['text']), /<script|style=/)
  })

  it('has no page about an unknown error code', async () => {
    for (const code of ['nothing', 'INVALID', 'toString', '__proto__', '', 'invalid/', 'a'.repeat(300)])
      assertProblem(await open(code), 404, 'not_found')
    assertProblem(await service.fetch('/problems/invalid', { method: 'POST' }), 405, 'method_not_allowed')
  })

  describe('/problems/ behind a proxy with a path', () => {
    let prefixed: TestService
    before(async () => {
      prefixed = await TestService.start({ HOST_FOR_SEND_MAIL: 'https://example.com/accounts' })
    })
    after(() => prefixed.stop())

    it('has the path in the type and in its own links', async () => {
      const { body } = await prefixed.call('getMe')
      assert.equal(body['type'], 'https://example.com/accounts/problems/not_authenticated')
      const html = String((await prefixed.fetch('/problems/not_authenticated')).body['text'])
      assert.match(html, /href="\/accounts\/docs\/"/)
      assert.match(html, /href="\/accounts\/account\/style\.css"/)
    })
  })
})
