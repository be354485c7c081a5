import assert from 'node:assert/strict'
import { BrandFolder, png, svg } from '../support/brandFolder.ts'
import { PrefixProxy } from '../support/prefixProxy.ts'
import { TestService } from '../support/service.ts'

const pages = ['/account/sign-in/', '/account/', '/account/activate/', '/account/absent/', '/problems/invalid']
const hostile = svg('<script>fetch("/steal")</script><path d="M0 0h9v9z" onload="alert(1)"/>')

const own = {
  en: {
    links: { dead: { incomplete: { title: 'Half a <link>' } }, terms: 'Our rules', needsJavaScript: 'Scripts, please' },
    entry: { signInPage: { title: 'Welcome "back"' } },
    account: { profile: { title: 'You' } },
  },
  ru: { links: { dead: { incomplete: { title: 'Пол-ссылки' } } } },
}

describe('the brand on pages', () => {
  let folder: BrandFolder
  let service: TestService
  before(async () => {
    folder = await BrandFolder.create({
      'colors.json': { accent: { light: '#0b6e4f', dark: '#7be0b4' } },
      'logo.svg': hostile,
      'logo.png': png(400, 100),
      'logo-dark.png': png(40, 10),
      'texts/en.json': own.en,
      'texts/ru.json': own.ru,
    })
    service = await TestService.start({
      PRODUCT_NAME: 'Shop & Co',
      PRODUCT_URL: 'https://shop.example/',
      TERMS_URL: 'https://shop.example/terms?a&b',
      PRIVACY_URL: 'https://shop.example/privacy',
      PAGES_DIR: folder.path,
    })
  })
  after(async () => {
    await service.stop()
    await folder.remove()
  })

  const open = async (path: string, language = 'en') => {
    const headers = { Accept: 'text/html', 'Accept-Language': language }
    const answer = await service.fetch(path, { headers })
    return { ...answer, html: String(answer.body['text']) }
  }
  const fileIn = (html: string, pattern: RegExp) => pattern.exec(html)?.[1] ?? assert.fail(`no ${pattern.source}`)

  it('is on every page, and loaded from this service only', async () => {
    for (const path of pages) {
      const { html, headers } = await open(path)
      assert.match(
        html,
        /<header class="brand"><a href="https:\/\/shop\.example\/"><picture><source srcset="\/account\/brand\/logo-dark-[\w-]{8}\.png" media="\(prefers-color-scheme: dark\)"><img src="\/account\/brand\/logo-[\w-]{8}\.svg" alt="Shop &amp; Co"><\/picture><\/a><\/header>/,
        path,
      )
      assert.match(html, /style\.css">\n<link rel="stylesheet" href="\/account\/brand\/colors-[\w-]{8}\.css">/, path)
      assert.match(
        html,
        /<footer>\n<a href="https:\/\/shop\.example\/terms\?a&amp;b" data-en="Our rules" data-ru="Условия использования">Our rules<\/a>\n<a href="https:\/\/shop\.example\/privacy" [^>]+>Privacy policy<\/a>\n<\/footer>/,
        path,
      )
      assert.match(String(headers.get('content-security-policy')), /; img-src 'self' data:;/, path)
    }
  })

  it('is served under names that change with the content', async () => {
    const { html } = await open('/account/sign-in/')
    for (const [pattern, type] of [
      [/srcset="([^"]+)"/, 'image/png'],
      [/img src="([^"]+)"/, 'image/svg+xml'],
      [/href="([^"]+colors[^"]+)"/, 'text/css; charset=utf-8'],
    ] as const) {
      const { status, headers } = await service.fetch(fileIn(html, pattern))
      assert.equal(status, 200)
      assert.equal(headers.get('content-type'), type)
      assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
    }
    const { text } = (await service.fetch(fileIn(html, /href="([^"]+colors[^"]+)"/))).body
    assert.match(
      String(text),
      /^:root \{\n {2}--accent-strong: .*\n {2}--accent: light-dark\(#0b6e4f, #7be0b4\);\n\}\n$/,
    )
    assert.equal((await service.fetch('/account/brand/logo.png')).status, 404)
  })

  it('has a logo in which no browser runs scripts', async () => {
    const { headers } = await service.fetch(fileIn((await open('/account/')).html, /img src="([^"]+)"/))
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.deepEqual(String(headers.get('content-security-policy')).split('; '), [
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      'img-src data:',
      'sandbox',
    ])
  })

  it('has own texts on pages that the service renders, in each language', async () => {
    const { html } = await open('/account/activate/')
    assert.match(html, /<title>Error: Half a &lt;link&gt; · Shop &amp; Co<\/title>/)
    assert.match(html, /<h1>Half a &lt;link&gt;<\/h1>\n\n<p>Its code is missing\./)
    const russian = await open('/account/activate/', 'ru')
    assert.match(russian.html, /<h1>Пол-ссылки<\/h1>/)
    assert.match(russian.html, />Условия использования<\/a>/)
  })

  it('has own texts for the scripts of pages', async () => {
    const { html } = await open('/account/sign-in/')
    assert.match(html, /<noscript>Scripts, please<\/noscript>/)
    const json = fileIn(html, / data-texts="([^"]*)">/).replaceAll('&quot;', '"')
    assert.deepEqual(JSON.parse(json), { en: { entry: own.en.entry, account: own.en.account }, ru: {} })
    assert.match(html, / data-terms-url="https:\/\/shop\.example\/terms\?a&amp;b"/)
  })
})

describe('pages without a brand', () => {
  it('show the name, and have neither own texts nor a footer', async () => {
    const service = await TestService.start({ PRODUCT_NAME: 'Shop' })
    try {
      for (const path of pages) {
        const { body } = await service.fetch(path, { headers: { Accept: 'text/html' } })
        assert.match(String(body['text']), /<header class="brand">Shop<\/header>/, path)
        assert.doesNotMatch(String(body['text']), /<footer|<img|brand\/|data-texts/, path)
      }
    } finally {
      await service.stop()
    }
  })

  it('link to one of two legal pages', async () => {
    const service = await TestService.start({ PRIVACY_URL: 'https://shop.example/privacy' })
    try {
      const { body } = await service.fetch('/account/sign-in/', { headers: { 'Accept-Language': 'ru' } })
      assert.match(String(body['text']), /<footer>\n<a [^>]+>Политика конфиденциальности<\/a>\n<\/footer>/)
      assert.doesNotMatch(String(body['text']), / data-terms-url/)
    } finally {
      await service.stop()
    }
  })
})

describe('the brand under the path of a base URL', () => {
  it('is loaded from this path', async () => {
    const folder = await BrandFolder.create({ 'logo.png': png(4, 1), 'logo-dark.png': png(1, 4), 'colors.json': {} })
    const proxy = await PrefixProxy.start('/accounts')
    const settings = { HOST_FOR_SEND_MAIL: proxy.url, TRUSTED_PROXIES: 'loopback', PAGES_DIR: folder.path }
    const service = await TestService.start(settings)
    proxy.target = service.url
    try {
      const page = await fetch(`${proxy.url}/account/sign-in/`)
      const paths = [...(await page.text()).matchAll(/"([^"]+\/brand\/[^"]+)"/g)].map(([, path = '']) => path)
      assert.equal(paths.length, 3)
      for (const path of paths) assert.equal((await fetch(new URL(path, page.url))).status, 200, path)
    } finally {
      await service.stop()
      await proxy.stop()
      await folder.remove()
    }
  })
})
