import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { TestService } from '../support/service.ts'

const pages = [
  ...['sign-in/', 'register/', 'forgot-password/', 'resend-activation/'].map((page) => `/account/${page}`),
  ...['', 'password/', 'email/', 'sessions/', 'history/', 'events/', 'data/'].map((page) => `/account/${page}`),
  ...['', 'users/', 'users/new/', 'users/0194f5a5-0000-7000-8000-000000000000/'].map((page) => `/console/${page}`),
  ...['sign-ins/', 'events/', 'mails/', 'mails/suppressed/', 'lockouts/', 'keys/'].map((page) => `/console/${page}`),
]
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
  /** The scripts with the texts of the console, one for each language, which the console loads later. */
  const languagesOf = async (html: string) => {
    const path = scriptsOf(html).find((name) => name.includes('/console-')) ?? ''
    const imports = [...(await open(path)).html.matchAll(/import\("\.\/([\w-]+\.js)"\)/g)]
    assert.equal(imports.length, 2)
    return imports.map(([, name]) => `/account/scripts/${name}`)
  }

  it('load only scripts and styles of this service, and send forms nowhere', async () => {
    for (const path of pages) {
      const { status, fields, html } = await open(path)
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

  it('have scripts and a style sheet of the console that browsers may keep for ever', async () => {
    const types = { js: /^(text|application)\/javascript/, css: /^text\/css/ }
    const { html } = await open('/console/')
    const [style = ''] = /\/account\/scripts\/console-\w+\.css/.exec(html) ?? []
    for (const path of [...scriptsOf(html), ...(await languagesOf(html)), style]) {
      const { status, fields } = await open(path)
      assert.equal(status, 200, path)
      assert.equal(fields.get('cache-control'), 'public, max-age=31536000, immutable')
      assert.match(fields.get('content-type') ?? '', path.endsWith('.css') ? types.css : types.js)
    }
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

  it('weigh at most 60 kB for the console in each language, compressed', async () => {
    const { html } = await open('/console/')
    const sizeOf = (text: string) => gzipSync(text).length
    const paths = [...html.matchAll(/(?:src|href)="(\/account\/[^"]+)"/g)].map(([, path = '']) => path)
    const sizes = await Promise.all(paths.map(async (path) => sizeOf((await open(path)).html)))
    const languages = await Promise.all((await languagesOf(html)).map(async (path) => sizeOf((await open(path)).html)))
    const weight = [sizeOf(html), ...sizes, Math.max(...languages)].reduce((sum, size) => sum + size, 0)
    assert.ok(weight > 30 * kilobyte && weight <= 60 * kilobyte, `${weight} bytes`)
  })

  it('of the console begin at /console, and an unknown one is explained to a browser', async () => {
    const { status, fields } = await open('/console')
    assert.deepEqual([status, fields.get('location')], [302, '/console/'])
    const unknown = await open('/console/nothing/')
    assert.equal(unknown.status, 404)
    assert.match(unknown.html, /<h1>/)
  })
})
