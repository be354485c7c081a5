import assert from 'node:assert/strict'
import { PrefixProxy } from '../support/prefixProxy.ts'
import { assertProblem } from '../support/answers.ts'
import { password, TestService, type SignedIn } from '../support/service.ts'

const browser = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

describe('the path of a base URL', () => {
  const prefix = "/acc'ounts/%D0%B2%D1%85%D0%BE%D0%B4"
  let proxy: PrefixProxy
  let service: TestService
  let admin: SignedIn

  before(async () => {
    proxy = await PrefixProxy.start(prefix)
    service = await TestService.start({ HOST_FOR_SEND_MAIL: `${proxy.url}/`, TRUSTED_PROXIES: 'loopback' })
    proxy.target = service.url
    admin = await service.signedIn({ superuser: true })
  })
  after(async () => {
    await service.stop()
    await proxy.stop()
  })
  afterEach(() => {
    proxy.adds = () => ({})
  })

  it('is part of mailed links, style sheet URLs and form actions', async () => {
    const email = service.email()
    const body = { email, password, password_confirm: password }
    assert.equal((await service.call('registerUser', { body })).status, 201)
    const { link, code } = await service.mailTo(email)
    assert.ok(link.startsWith(`${proxy.url}/api/v1/users/activate/?code=`), link)
    const page = await fetch(link, { headers: browser })
    assert.deepEqual([page.status, page.url], [200, `${proxy.url}/account/activate/?code=${code}`])
    const [, href = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(await page.text()) ?? []
    const style = await fetch(new URL(href.replace('&#39;', "'"), page.url))
    assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8'])
    const done = await fetch(page.url, { method: 'POST', body: new URLSearchParams({ code }) })
    assert.match(await done.text(), /Your account is active/)
    await service.signIn(email)
  })

  for (const path of ['/api/v1/users/activate?code=x', '/api/v1/users/activate/?code=x', '/api/v1/users/activate/']) {
    it(`is part of the redirect of ${path}`, async () => {
      const { status, headers } = await fetch(`${proxy.url}${path}`, { headers: browser, redirect: 'manual' })
      const expected = `${prefix}/account/activate/${path.includes('=') ? '?code=x' : ''}`
      assert.deepEqual([status, headers.get('location')], [303, expected])
    })
  }

  it('is part of the style sheet’s URL on every page', async () => {
    for (const name of ['activate', 'restore-password', 'confirm-email', 'undo-email']) {
      for (const path of [`/account/${name}/?code=x`, `/account/${name}?code=x`, `/account/${name}/`]) {
        const page = await fetch(`${proxy.url}${path}`)
        const [, href = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(await page.text()) ?? []
        assert.equal((await fetch(new URL(href.replace('&#39;', "'"), page.url))).status, 200, path)
      }
    }
  })

  it('is part of the URLs of the console', async () => {
    const page = await fetch(`${proxy.url}/console`)
    assert.equal(page.url, `${proxy.url}/console/`)
    const paths = [...(await page.text()).matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.ok(paths.length >= 5, paths.join())
    for (const path of paths)
      assert.equal((await fetch(new URL(path.replace('&#39;', "'"), page.url))).status, 200, path)
  })

  it('is part of the URLs in the API reference', async () => {
    for (const path of ['/docs', '/docs/']) assert.equal((await fetch(`${proxy.url}${path}`)).url, `${proxy.url}/docs/`)
    const html = await (await fetch(`${proxy.url}/docs/`)).text()
    const names = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, name]) => String(name))
    assert.equal(names.length, 5)
    for (const name of names) assert.equal((await fetch(new URL(name, `${proxy.url}/docs/`))).status, 200, name)
  })

  it('is part of the links of the start page', async () => {
    const html = await (await fetch(`${proxy.url}/`)).text()
    const links = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, link = '']) => link.replaceAll('&#39;', "'"))
    assert.ok(links.length >= 8)
    for (const link of links) assert.equal((await fetch(new URL(link, proxy.url))).status, 200, link)
  })

  it('is part of the links of a list, whichever headers the proxy sets', async () => {
    const { host } = new URL(proxy.url)
    for (const adds of [
      () => ({}),
      () => ({ host: 'inner.test', 'x-forwarded-for': '203.0.113.7', 'x-forwarded-host': host }),
      () => ({ host: 'inner.test', forwarded: `for=203.0.113.7;host="${host}";proto=http` }),
    ]) {
      proxy.adds = adds
      const headers = { Authorization: `Bearer ${admin.access}` }
      const first = await page(`${proxy.url}/api/v1/logs/login/?page_size=1`, headers)
      assert.ok(first.next?.startsWith(`${proxy.url}/api/v1/logs/login/?page_size=1&cursor=`), String(first.next))
      const second = await page(String(first.next), headers)
      assert.ok(second.previous?.startsWith(`${proxy.url}/api/v1/logs/login/?`), String(second.previous))
    }
  })

  it('is not part of the links of a list for a client that bypasses the proxy', async () => {
    const headers = { Authorization: `Bearer ${admin.access}` }
    const { next } = await page(`${service.url}/api/v1/logs/login/?page_size=1`, headers)
    assert.ok(next?.startsWith(`${service.url}/api/v1/logs/login/?`), String(next))
  })

  it('is part of the issuer and of the URL of the JWKS', async () => {
    const [, payload = ''] = admin.access.split('.')
    const { iss, aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string; aud: string }
    assert.deepEqual([iss, aud], [proxy.url, proxy.url])
    assert.equal((await fetch(`${iss}/.well-known/jwks.json`)).status, 200)
  })

  it('must be removed by the proxy: the service returns 404 for it (security 71)', async () => {
    for (const path of ['/health/live', '/docs/', '/account/activate/'])
      assertProblem(await service.fetch(`/accounts${path}`), 404, 'not_found')
    assertProblem(await service.fetch(`${prefix}/health/live`), 404, 'not_found')
  })

  async function page(url: string, headers: Record<string, string>) {
    await service.signIn(admin.email)
    const reply = await fetch(url, { headers })
    assert.equal(reply.status, 200)
    return (await reply.json()) as { next: string | null; previous: string | null }
  }
})
