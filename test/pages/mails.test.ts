import assert from 'node:assert/strict'
import { request } from 'node:http'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import { assertProblem } from '../support/answers.ts'
import { decodeHtml } from '../support/html.ts'
import { password, TestService } from '../support/service.ts'

const local = { HOST_FOR_SEND_MAIL: 'http://localhost:8000', PRODUCT_NAME: 'Shop & Co' }
const smtp = 'django.core.mail.backends.smtp.EmailBackend'
const htmlOf = ({ body }: { body: Record<string, unknown> }) => String(body['text'])
const framesOf = (html: string) => [...html.matchAll(/<iframe src="([^"]+)"/g)].map(([, url]) => decodeHtml(url ?? ''))

describe('the gallery of mails', () => {
  let service: TestService
  let pagesDir: string
  before(async () => {
    pagesDir = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'))
    service = await TestService.start({ ...local, PAGES_DIR: pagesDir })
  })
  after(async () => {
    await service.stop()
    await rm(pagesDir, { recursive: true })
  })

  const register = async () => {
    const email = service.email()
    const body = { email, password, password_confirm: password }
    assert.equal((await service.call('registerUser', { body })).status, 201)
    await service.mailTo(email)
    return email
  }

  it('shows every mail in every language, in light and dark, and as text', async () => {
    assert.equal(
      new URL((await service.fetch('/mails')).headers.get('location') ?? '', 'http://x/mails').pathname,
      '/mails/',
    )
    const html = htmlOf(await service.fetch('/mails/'))
    const frames = framesOf(html)
    for (const name of mailNames)
      for (const language of mailLanguages)
        for (const scheme of ['light', 'dark']) {
          const url = `samples/${language}/${name}?scheme=${scheme}`
          assert.ok(frames.includes(url), url)
          const mail = await service.fetch(`/mails/${url}`)
          assert.equal(mail.status, 200)
          assert.ok(htmlOf(mail).includes(`<meta name="color-scheme" content="${scheme}">`))
          assert.ok(htmlOf(mail).includes(`<html lang="${language}">`))
          assert.ok(htmlOf(mail).includes('Shop &amp; Co'))
        }
    assert.equal(html.split('-- \nYou receive this email').length - 1, mailNames.length)
    assert.equal((await service.fetch('/mails/style.css')).status, 200)
    for (const path of ['samples/de/restore', 'samples/en/constructor', 'samples/en/words', 'x'])
      assertProblem(await service.fetch(`/mails/${path}`), 404, 'not_found')
  })

  it('has strict policies, and only the gallery itself may frame a mail', async () => {
    const page = await service.fetch('/mails/')
    assert.equal(page.headers.get('x-frame-options'), 'DENY')
    const policy = String(page.headers.get('content-security-policy')).split('; ')
    assert.deepEqual(policy, [
      "default-src 'none'",
      "style-src 'self'",
      'img-src data:',
      "frame-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    assert.doesNotMatch(htmlOf(page).replace(/"[^"]*"/g, '""'), /<script|\son\w+=|style=|<style/)
    assert.ok([...htmlOf(page).matchAll(/<iframe [^>]+>/g)].every(([tag]) => / sandbox="[^"]*" /.test(tag)))
    const mail = await service.fetch('/mails/samples/en/restore')
    assert.equal(mail.headers.get('x-frame-options'), 'SAMEORIGIN')
    assert.deepEqual(String(mail.headers.get('content-security-policy')).split('; '), [
      "default-src 'none'",
      "style-src-attr 'unsafe-inline'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'sandbox allow-top-navigation-by-user-activation',
    ])
  })

  it('shows the newest ten mails that were sent, the newest first', async () => {
    const emails: string[] = []
    for (let count = 0; count < 11; count++) emails.unshift(await register())
    const html = htmlOf(await service.fetch('/mails/'))
    const shown = [...html.matchAll(/<br>([^<]+), <time>/g)].map(([, to]) => to)
    assert.deepEqual(shown, emails.slice(0, 10))
    const [url = ''] = framesOf(html)
    assert.match(url, /^sent\/.*-activation-.*\.eml\?scheme=light$/)
    assert.match(htmlOf(await service.fetch(`/mails/${url}`)), /activate\/\?code=[\w-]{48}"/)
    for (const file of ['..%2f..%2fpackage.json', 'x.eml'])
      assertProblem(await service.fetch(`/mails/sent/${file}`), 404, 'not_found')
  })

  it('shows the current files in PAGES_DIR, and their mistakes', async () => {
    const folder = join(pagesDir, 'mails/en')
    await mkdir(folder, { recursive: true })
    const text = 'Subject: My <b>own</b> text\nPreview: Mine\n\nHello.\n\n[Open]({{link}})\n\n--\nSo it is.\n'
    await writeFile(join(folder, 'restore.txt'), text)
    assert.ok(htmlOf(await service.fetch('/mails/')).includes('<h4>My &lt;b&gt;own&lt;/b&gt; text</h4>'))
    assert.ok(htmlOf(await service.fetch('/mails/samples/en/restore')).includes('So it is.'))
    await writeFile(join(folder, 'restore.txt'), text.replace('{{link}}', '{{url}}'))
    const page = await service.fetch('/mails/')
    assert.equal(page.status, 200)
    assert.match(htmlOf(page), /<pre role="alert">Wrong files in PAGES_DIR:\n {2}\S+restore\.txt: /)
    await rm(folder, { recursive: true })
  })

  /** Sends a request with another Host, as a browser does after DNS rebinding. */
  async function fetchAs(host: string, path: string): Promise<{ status: number | undefined; html: string }> {
    const [response] = (await once(request(service.url + path, { headers: { host } }).end(), 'response')) as [
      NodeJS.ReadableStream & { statusCode?: number },
    ]
    let html = ''
    for await (const part of response) html += String(part)
    return { status: response.statusCode, html }
  }

  describe('the Host of the request (security 118)', () => {
    it('must be the name of this machine, or no sent mails are shown', async () => {
      await register()
      const [url = ''] = framesOf(htmlOf(await service.fetch('/mails/')))
      for (const host of ['localhost:8000', '127.0.0.1', '[::1]:8000']) {
        assert.ok(framesOf((await fetchAs(host, '/mails/')).html)[0]?.startsWith('sent/'), host)
        assert.equal((await fetchAs(host, `/mails/${url}`)).status, 200)
      }
      for (const host of ['evil.test', 'localhost.evil.test', 'evil.test:8000', '127.0.0.1.evil.test', 'e$vil.test']) {
        const { status, html } = await fetchAs(host, '/mails/')
        if (status === 200) assert.ok(!html.includes('src="sent/'), host)
        assert.notEqual((await fetchAs(host, `/mails/${url}`)).status, 200, host)
      }
    })
  })
})

describe('what the gallery of mails hides (security 118)', () => {
  async function open(settings: Record<string, string>, path: string, headers: Record<string, string> = {}) {
    const service = await TestService.start(settings)
    try {
      const email = service.email()
      const body = { email, password, password_confirm: password }
      assert.equal((await service.call('registerUser', { body })).status, 201)
      await service.mailTo(email)
      const answer = await service.fetch(path, { headers })
      return { status: answer.status, html: htmlOf(answer) }
    } finally {
      await service.stop()
    }
  }

  it('does not exist in production', async () => {
    const SECRET_KEY = 'nXr2u5x8A/D(G+KbPeShVmYq3t6w9z$C&F)J@NcRfUj'
    for (const path of ['/mails/', '/mails', '/mails/style.css', '/mails/samples/en/restore'])
      assert.equal((await open({ ...local, NODE_ENV: 'production', SECRET_KEY }, path)).status, 404, path)
  })

  it('shows no sent mails if the service is for other machines', async () => {
    const { status, html } = await open({ HOST_FOR_SEND_MAIL: 'https://accounts.example.com' }, '/mails/')
    assert.equal(status, 200)
    assert.ok(!html.includes('src="sent/'))
  })

  it('shows no sent mails of a service that has a mail server', async () => {
    const service = await TestService.start({ ...local, EMAIL_BACKEND: smtp, EMAIL_HOST: '127.0.0.1' })
    try {
      await mkdir(join(service.dataDir, 'outbox'), { recursive: true })
      await writeFile(join(service.dataDir, 'outbox/old.eml'), 'Subject: Old\n\nOld\n')
      assert.ok(!htmlOf(await service.fetch('/mails/')).includes('src="sent/'))
      assertProblem(await service.fetch('/mails/sent/old.eml'), 404, 'not_found')
    } finally {
      await service.stop()
    }
  })

  it('shows no sent mails through a proxy or a tunnel on this machine', async () => {
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP']) {
      const { html } = await open(local, '/mails/', { [name]: '127.0.0.1' })
      assert.ok(!html.includes('src="sent/'), name)
    }
  })

  it('shows no sent mails to a client on another machine', async () => {
    const settings = { ...local, TRUSTED_PROXIES: 'loopback' }
    const { html } = await open(settings, '/mails/', { 'X-Forwarded-For': '192.0.2.1' })
    assert.match(html, /<h2 id="sent">/)
    assert.ok(!html.includes('src="sent/'))
  })
})
