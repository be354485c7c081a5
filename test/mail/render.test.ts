import assert from 'node:assert/strict'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import { PagesFolder } from '../../src/brand/pagesFolder.ts'
import { createRenderer } from '../../src/mail/render.ts'
import { readTemplates } from '../../src/mail/templates.ts'
import { formatTime, serviceName } from '../../src/mail/templateValues.ts'

const baseUrl = 'https://accounts.example.com'
const settings = {
  baseUrl,
  productName: 'Example & Sons',
  productUrl: 'https://example.com/?a&b',
  termsUrl: undefined,
  privacyUrl: undefined,
  pagesDir: undefined,
}
const render = createRenderer(settings)
const path = '/api/v1/users/activate/?code=AbC-_123'
const link = baseUrl + path
const values = { link: path, time: '2026-03-05T09:07:08Z', ipAddress: '2001:db8::1', device: 'Firefox/145.0 Linux' }

describe('mail templates', () => {
  const { en, ru } = readTemplates(new PagesFolder(undefined))

  for (const name of mailNames) {
    for (const language of mailLanguages) {
      it(`render ${name}.${language} without open placeholders or tags`, () => {
        const { subject, text, html } = render(name, language, values)
        for (const part of [subject, text, html]) assert.doesNotMatch(part, /\{\{|\}\}|undefined/)
        assert.match(subject, /^[^\r\n]+$/)
        const words = language === 'ru' ? /[а-яё]{4}/i : /[a-z]{4}/i
        for (const part of [subject, text, html.replace(/<[^>]*>/g, '')]) assert.match(part, words)
        if (language === 'en') assert.doesNotMatch(subject + text + html, /[а-яё]/i)
        assert.ok(html.includes(`<html lang="${language}">`))
        assertWellFormed(html)
        const hasCode = en.templates[name].placeholders.includes('link')
        assert.equal(text.split('\n').includes(link), hasCode, 'the URL with the code is alone on its line')
        assert.equal(html.split(link).length, hasCode ? 3 : 1, 'a link and the bare URL')
        const urls = [...(text + html).matchAll(/https?:\/\/[^\s"<]+/g)].map(([url]) => url)
        assert.deepEqual(
          urls.filter((url) => !url.startsWith(`${baseUrl}/`) && !url.startsWith('https://example.com/')),
          [],
        )
      })
    }

    it(`contain the same links in each language (${name})`, () => {
      const linksOf = ({ templates }: typeof en) =>
        templates[name].blocks.flatMap((block) => (block.kind === 'link' ? [block.placeholder] : []))
      assert.deepEqual(linksOf(ru), linksOf(en))
    })
  }

  it('link to the page that does what the mail advises', () => {
    for (const name of ['newDevice', 'newDevices', 'passwordChanged', 'confirmEmailAgain', 'accountExists'] as const)
      assert.ok(render(name, 'en', values).text.split('\n').includes(`${baseUrl}/account/forgot-password/`), name)
    for (const name of ['newDevice', 'newDevices'] as const)
      assert.ok(render(name, 'en', values).text.split('\n').includes(`${baseUrl}/account/sessions/`), name)
    assert.ok(render('accountExists', 'en', values).text.split('\n').includes(`${baseUrl}/account/sign-in/`))
    for (const name of ['accountDeleted', 'emailChangeUndone'] as const)
      assert.ok(render(name, 'en', values).text.split('\n').includes(`${baseUrl}/account/register/`), name)
  })

  it('load nothing from other hosts', () => {
    assert.doesNotMatch(render('activation', 'en', values).html, /<(img|link|script|style|iframe)|url\(|src=/i)
  })

  it('show the product with its URL, the host and the reason for the mail', () => {
    const { subject, text, html } = render('restore', 'en', values)
    assert.equal(subject, 'Set a new password for Example & Sons')
    assert.match(
      text,
      /\n-- \nYou receive this email because .+\nExample & Sons · accounts\.example\.com\nhttps:\/\/example\.com\/\?a&b\n$/,
    )
    assert.match(
      html,
      /<header>\n<p style="[^"]*"><a href="https:\/\/example\.com\/\?a&amp;b" [^>]*>Example &amp; Sons<\/a>/,
    )
    assert.match(
      html,
      /You receive this email because .+<\/p>\n<p style="[^"]*">Example &amp; Sons · accounts\.example\.com</,
    )
  })

  it('show the host once for a product without a name', () => {
    const { text, html } = createRenderer({ ...settings, productName: undefined, productUrl: undefined })(
      'restore',
      'en',
      values,
    )
    assert.match(text, /\n-- \nYou receive .+\naccounts\.example\.com\n$/)
    assert.match(html, /<header>\n<p style="[^"]*">accounts\.example\.com<\/p>/)
  })

  it('begin with the preview, which is hidden in the mail itself', () => {
    const { html } = render('newDevice', 'en', values)
    assert.match(html, /<body[^>]*>\n<div style="display:none[^"]*">Firefox on Linux, 5 March 2026 at 09:07 UTC\. Was/)
  })

  it('are in English for a recipient whose language has no templates', () => {
    for (const language of [null, 'de', 'constructor']) assert.equal(render('restore', language, values).language, 'en')
  })

  describe('HTML in the values of templates (security 27)', () => {
    it('is escaped, and each placeholder is filled once', () => {
      const ipAddress = '<img src=x onerror=alert(1)>"\'&{{link}}'
      const { text, html } = render('activation', 'en', { ...values, ipAddress })
      assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{{link}}'))
      assert.doesNotMatch(html, /<img/)
      assert.ok(text.includes(ipAddress))
    })
  })

  describe('line breaks in the values of templates (security 25)', () => {
    it('are replaced in subject and text', () => {
      const renderHostile = createRenderer({ ...settings, productName: 'a.example\r\nBcc: x@evil.example' })
      const { subject, text } = renderHostile('restore', 'en', { link: `${path}\n\nhttps://evil.example` })
      assert.match(subject, /^[^\r\n]+$/)
      assert.ok(!text.split('\n').includes('https://evil.example'))
    })
  })
})

describe('the values of mail templates', () => {
  it('include the time in UTC and the host of the service', () => {
    const { en, ru } = readTemplates(new PagesFolder(undefined))
    assert.equal(formatTime('2026-03-05T09:07:08.123456Z', en.words), '5 March 2026 at 09:07 UTC')
    assert.equal(formatTime('2026-03-05T09:07:08Z', ru.words), '5 марта 2026 г. в 09:07 UTC')
    assert.equal(serviceName('http://localhost:8000'), 'localhost:8000')
    assert.equal(serviceName('https://xn--80aa3aaq4af0e.xn--p1ai/x'), 'аккаунты.рф')
    assert.equal(serviceName('https://xn--bcher-kva.example:8443'), 'bücher.example:8443')
    assert.equal(serviceName('http://[2001:db8::1]:8443'), '[2001:db8::1]:8443')
  })
})

/** Asserts that every element is closed in order, except void elements. */
function assertWellFormed(html: string): void {
  const open: string[] = []
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z]+\d?)(?:\s[^<>]*)?>/g)) {
    if (name === 'meta') continue
    if (slash) assert.equal(open.pop(), name)
    else open.push(name)
  }
  assert.deepEqual(open, [])
  assert.doesNotMatch(html.replace(/<!doctype html>|<\/?[a-z]+\d?(\s[a-z]+="[^"<>]*")*>/g, ''), /[<>]/)
}
