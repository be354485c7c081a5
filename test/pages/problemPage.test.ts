import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { Proxy } from '../http/support/proxy.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { alertOf, browser, headingOf, hiddenCode, pageOf, textOf, titleOf } from '../support/pages.ts'
import { TestService } from '../support/service.ts'

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

describe('an error under /account/', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const requests: [status: number, code: string, title: string, path: string, init: RequestInit][] = [
    [404, 'not_found', 'This page does not exist', '/account/nothing/', {}],
    [404, 'not_found', 'This page does not exist', '/account/activate/%41', {}],
    [405, 'method_not_allowed', 'This did not work', '/account/activate/', { method: 'PUT' }],
    [414, 'uri_too_long', 'This address is too long', `/account/activate/?code=${'a'.repeat(8200)}`, {}],
    [400, 'invalid', 'This did not work', '/account/activate/', { method: 'POST', headers: form, body: 'a=1&a=2' }],
    [
      413,
      'content_too_large',
      'This did not work',
      '/account/activate/',
      { method: 'POST', headers: form, body: `code=${'a'.repeat(70_000)}` },
    ],
    [
      415,
      'unsupported_media_type',
      'This did not work',
      '/account/activate/',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' },
    ],
  ]
  for (const [status, code, title, path, { headers = {}, ...init }] of requests)
    it(`is a page for browsers, and a problem document for others: ${status} ${path.slice(0, 30)}`, async () => {
      const send = (more: Record<string, string>) =>
        service.fetch(path, { ...init, headers: { ...(headers as Record<string, string>), ...more } })
      const answer = await send({ Accept: browser })
      assert.equal(answer.status, status)
      const html = pageOf(answer)
      assert.equal(titleOf(html), `Error: ${title} · accounts.test`)
      assert.equal(answer.headers.get('vary'), 'Accept, Accept-Language')
      assert.match(String(answer.headers.get('x-request-id')), /^[\w-]{36}$/)
      if (status === 405) assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST')
      const russian = pageOf(await send({ Accept: browser, 'Accept-Language': 'ru' }))
      assert.match(titleOf(russian), /^Ошибка: /)
      for (const accept of ['*/*', 'application/json', 'application/json, text/html'])
        assertProblem(await send({ Accept: accept }), status, code)
    })

  it('is a problem document under other paths', async () => {
    for (const path of ['/nothing', '/accounts/', '/api/v1/account/'])
      assertProblem(await service.fetch(path, { headers: { Accept: browser } }), 404, 'not_found')
  })

  it('leads a browser from an activation link without its query to the page', async () => {
    const { status, headers } = await service.fetch('/api/v1/users/activate/', { headers: { Accept: browser } })
    assert.deepEqual([status, headers.get('location')], [303, '/account/activate/'])
  })
})

describe('/.well-known/change-password', () => {
  it('redirects to the page on which a user changes the password', async () => {
    const service = await TestService.start({ HOST_FOR_SEND_MAIL: 'http://accounts.test/auth' })
    try {
      const { status, headers } = await service.fetch('/.well-known/change-password')
      assert.deepEqual([status, headers.get('location')], [302, '/auth/account/password/'])
    } finally {
      await service.stop()
    }
  })
})

describe('the pages of mailed links, if something fails', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let proxy: Proxy
  let service: TestService
  const word = 'another horse, another battery'

  before(async () => {
    database = await createTestDatabase()
    proxy = await Proxy.start(database.serviceUrl)
    service = await TestService.start({ DATABASE_URL: proxy.url })
  })
  after(async () => {
    await proxy.heal()
    await service.stop()
    await proxy.refuse()
    await database.drop()
  })

  const send = (path: string, fields: Record<string, string>, accept = browser) =>
    service.fetch(path, { method: 'POST', headers: { ...form, Accept: accept }, body: new URLSearchParams(fields) })

  it('keep their forms and what was typed while the database is away', async () => {
    const code = Buffer.alloc(36, 7).toString('base64url')
    const passwords = { code, password: word, password_confirm: word }
    await proxy.refuse()
    try {
      for (const [path, fields] of [
        ['/account/activate/', { code }],
        ['/account/confirm-email/', { code }],
        ['/account/undo-email/', { code }],
        ['/account/restore-password/', passwords],
      ] as const) {
        const opened = await service.fetch(`${path}?code=${code}`, { headers: { Accept: browser } })
        assert.equal(opened.status, 200)
        assert.equal(hiddenCode(pageOf(opened)), code)
        const answer = await send(path, fields)
        assert.equal(answer.status, 503)
        assert.equal(answer.headers.get('retry-after'), '5')
        const html = pageOf(answer)
        assert.match(titleOf(html), /^Error: /)
        assert.match(alertOf(html), /Please try again in a few seconds/)
        assert.equal(hiddenCode(html), code)
        assert.ok(!html.includes(word))
        assertProblem(await send(path, fields, 'application/json'), 503, 'unavailable')
      }
      const renewed = await send('/account/activate/', { email: 'ann@example.com' })
      assert.equal(renewed.status, 503)
      assert.match(pageOf(renewed), /<input id="email"[^>]* value="ann@example\.com"/)
    } finally {
      await proxy.heal()
    }
  })

  it('show an unexpected error as a page with the id of the request', async () => {
    const code = Buffer.alloc(36, 7).toString('base64url')
    await query(database.url, 'alter table codes rename to codes_away')
    try {
      for (const answer of [
        await service.fetch(`/account/activate/?code=${code}`, { headers: { Accept: browser } }),
        await send('/account/activate/', { code }),
      ]) {
        assert.equal(answer.status, 500)
        assert.equal(headingOf(pageOf(answer)), 'Something went wrong')
        assert.ok(textOf(pageOf(answer)).endsWith(`${String(answer.headers.get('x-request-id'))}.`))
      }
      assertProblem(await send('/account/activate/', { code }, '*/*'), 500, 'internal')
    } finally {
      await query(database.url, 'alter table codes_away rename to codes')
    }
  })
})
