import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { version } from '../../src/version.ts'
import { requestText, sendRaw } from '../http/support/raw.ts'
import { decodeHtml } from '../support/html.ts'
import { password, TestService, type Answer } from '../support/service.ts'

const run = promisify(execFile)

const local = { HOST_FOR_SEND_MAIL: '' }
const production = { NODE_ENV: 'production', SECRET_KEY: 'a secret key that is long enough for production' }

const htmlOf = ({ body }: Answer) => String(body['text'])
const blocksOf = (html: string) =>
  [...html.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)].map(([, code = '']) => decodeHtml(code))

async function register(service: TestService, email = service.email()): Promise<string> {
  const body = { email, password, password_confirm: password }
  assert.equal((await service.call('registerUser', { body })).status, 201)
  return email
}

describe('the start page', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start({ ...local, JWT_ISSUER: 'https://<issuer>.example/?a&"b"' })
  })
  after(() => service.stop())

  it('shows what is running, under a strict content security policy', async () => {
    const answer = await service.fetch('/')
    assert.equal(answer.status, 200)
    const policy = String(answer.headers.get('content-security-policy'))
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; /)
    assert.match(policy, /form-action 'none'; frame-ancestors 'none'$/)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const html = htmlOf(answer)
    assert.doesNotMatch(html, /<script[^>]*>[^<]|\son\w+=|style=|<issuer>/)
    const facts = [...html.matchAll(/<dd>(.*)<\/dd>/g)].map(([, fact = '']) => decodeHtml(fact))
    assert.deepEqual(facts, [
      version,
      service.url.replace('127.0.0.1', 'localhost'),
      'https://<issuer>.example/?a&"b"',
      'PostgreSQL',
      'the folder outbox in DATA_DIR',
    ])
  })

  it('links only to pages that exist', async () => {
    const html = htmlOf(await service.fetch('/'))
    const links = [...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link = '']) => link)
    assert.ok(links.length >= 9 && links.includes('/console/'), links.join())
    for (const link of links) assert.equal((await service.fetch(link)).status, 200, link)
  })

  it('shows the newest mail with its link', async () => {
    assert.match(htmlOf(await service.fetch('/')), /No mail has been sent yet/)
    const first = await register(service)
    await service.mailTo(first)
    const email = await register(service, `o'neil&${service.email()}`)
    const { subject, link } = await service.mailTo(email)
    const html = htmlOf(await service.fetch('/'))
    assert.ok(!html.includes(first))
    const text = decodeHtml(html)
    assert.ok(text.includes(`<strong>${subject}</strong>`), html)
    assert.ok(text.includes(`to ${email}, <time datetime="20`), html)
    assert.ok(text.includes(`<a class="button secondary" href="${link}">`), html)
  })

  it('has commands for sign-up and sign-in that work in a shell', async () => {
    const [signUp = '', signIn = ''] = blocksOf(htmlOf(await service.fetch('/')))
    const { stdout } = await run('sh', ['-c', signUp])
    assert.match(stdout, /^\{"detail":".*\}\n$/)
    const { code } = await service.mailTo('test@example.com')
    assert.equal((await service.call('confirmActivation', { body: { code } })).status, 200)
    assert.match((await run('sh', ['-c', signIn])).stdout, /^\{"access":".*\}\n$/)
  })

  it('shows no mail to a client that uses another host (security 118)', async () => {
    const email = await register(service)
    await service.mailTo(email)
    const open = async (host: string) =>
      (await sendRaw(service.url, requestText('GET', '/', { Host: host }), { patience: 0 })).text
    for (const host of ['localhost:8000', '127.0.0.1', '[::1]:8000'])
      assert.ok((await open(host)).includes(email), host)
    for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test:8000', 'evil.test:8000', ''])
      assert.ok(!(await open(host)).includes(email), host)
  })
})

describe('the start page of another service', () => {
  async function withService<Result>(
    settings: Record<string, string>,
    use: (service: TestService) => Promise<Result>,
  ): Promise<Result> {
    const service = await TestService.start(settings)
    try {
      return await use(service)
    } finally {
      await service.stop()
    }
  }

  it('shows no mail if the base URL or the client is elsewhere (security 118)', async () => {
    for (const [settings, headers] of [
      [{ HOST_FOR_SEND_MAIL: 'https://accounts.example.com' }, {}],
      [{ ...local, TRUSTED_PROXIES: 'loopback' }, { 'X-Forwarded-For': '192.0.2.1' }],
    ] as const)
      await withService(settings, async (service) => {
        const email = await register(service)
        await service.mailTo(email)
        const html = htmlOf(await service.fetch('/', { headers }))
        assert.match(html, /Mails are shown here if/)
        assert.ok(!html.includes(email))
      })
  })

  it('keeps its commands in quotes if the base URL has a quotation mark', async () => {
    const html = await withService({ HOST_FOR_SEND_MAIL: "https://a.example/it's$x" }, (service) => service.fetch('/'))
    const [signUp = ''] = blocksOf(htmlOf(html))
    assert.ok(signUp.includes("'https://a.example/it%27s$x/api/v1/users/register/'"), signUp)
    assert.match(htmlOf(html), /<a href="\/it&#39;s\$x\/docs\/">/)
  })

  it('does not exist in production: / redirects to /docs/ or to PRODUCT_URL', async () => {
    const target = (settings: Record<string, string>) =>
      withService({ ...production, ...settings }, async (service) => {
        assert.equal((await service.fetch('/start/copy.js')).status, 404)
        const { status, headers } = await service.fetch('/', { headers: { 'X-Forwarded-Host': 'evil.test' } })
        return [status, headers.get('location')]
      })
    assert.deepEqual(await target({}), [302, '/docs/'])
    assert.deepEqual(await target({ DOCS: 'off' }), [302, '/openapi.yaml'])
    assert.deepEqual(await target({ PRODUCT_URL: 'https://shop.example/' }), [302, 'https://shop.example/'])
  })
})
