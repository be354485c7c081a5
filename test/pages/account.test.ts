import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { TestService } from '../support/service.ts'

const pages = {
  entry: ['sign-in/', 'register/', 'forgot-password/', 'resend-activation/'],
  account: ['', 'password/', 'email/', 'sessions/', 'history/', 'events/', 'data/'],
}
const kilobyte = 1000

describe('the pages that run in browsers', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start({
      PRODUCT_NAME: 'Shop "<&>"',
      PRODUCT_URL: 'https://shop.example/start',
      CORS_ORIGINS: 'https://app.example,http://localhost:3000',
      PASSWORD_MIN_LENGTH: '12',
    })
  })
  after(() => service.stop())

  const open = async (path: string, headers: Record<string, string> = {}) => {
    const {
      status,
      headers: fields,
      body,
    } = await service.fetch(path, { headers: { Accept: 'text/html', ...headers } })
    return { status, fields, html: String(body['text']) }
  }
  const scriptsOf = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = '']) => path)

  it('load only scripts and styles of this service, and send forms nowhere', async () => {
    for (const path of [...pages.entry, ...pages.account]) {
      const { status, fields, html } = await open(`/account/${path}`)
      assert.equal(status, 200, path)
      const policy = fields.get('content-security-policy') ?? ''
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/)
      assert.doesNotMatch(policy, /unsafe|\*|http/)
      assert.equal(fields.get('cache-control'), 'no-store')
      assert.doesNotMatch(html, /<style|<script(?![^>]* src=)| on\w+=| style=/)
      assert.ok(scriptsOf(html).length >= 2)
    }
  })

  it('tell their scripts the settings', async () => {
    const { html } = await open('/account/sign-in/')
    assert.ok(html.includes('data-product-name="Shop &quot;&lt;&amp;&gt;&quot;"'))
    assert.ok(html.includes('data-product-url="https://shop.example/start"'))
    assert.ok(html.includes('data-return-origins="https://shop.example https://app.example http://localhost:3000"'))
    assert.ok(html.includes('data-password-min-length="12"'))
  })

  it('speak the language that the browser prefers, also without JavaScript', async () => {
    for (const [accepted, language, text] of [
      ['ru-RU,ru;q=0.9', 'ru', 'нужен JavaScript'],
      ['de, en;q=0.5', 'en', 'needs JavaScript'],
    ] as const) {
      const { html } = await open('/account/register/', { 'Accept-Language': accepted })
      assert.ok(html.includes(`<html lang="${language}"`) && html.includes(text), language)
    }
  })

  it('have scripts that browsers may keep for ever', async () => {
    const [path = ''] = scriptsOf((await open('/account/')).html)
    const { status, fields } = await open(path)
    assert.equal(status, 200)
    assert.equal(fields.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.match(fields.get('content-type') ?? '', /^text\/javascript|^application\/javascript/)
    assert.equal((await open('/account/scripts/manifest.json')).status, 404)
    assert.equal((await open('/account/scripts/..%2fmanifest.json')).status, 404)
  })

  it('weigh at most 25 kB for a sign-in, and 35 kB for the account, compressed', async () => {
    for (const [path, limit] of [
      ['sign-in/', 25],
      ['', 35],
    ] as const) {
      const { html } = await open(`/account/${path}`)
      const paths = new Set([...scriptsOf(html), '/account/style.css'])
      const texts = await Promise.all([...paths].map(async (each) => (await open(each)).html))
      const weight = [html, ...texts].reduce((sum, text) => sum + gzipSync(text).length, 0)
      assert.ok(weight > 10 * kilobyte && weight <= limit * kilobyte, `${path}: ${weight} bytes`)
    }
  })
})
