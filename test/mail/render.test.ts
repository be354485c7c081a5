import assert from 'node:assert/strict'
import { mailLanguages, type Mails } from '../../generated/mails.ts'
import { renderMail, type MailName } from '../../src/mail/render.ts'
import { formatTime, serviceName } from '../../src/mail/templateValues.ts'

const link = 'https://accounts.example.com/api/v1/users/activate/?code=AbC-_123'
const samples: Mails = {
  activation: { service: 'a.example', link, time: '5 March 2026', ipAddress: '2001:db8::1', device: 'Mozilla/5.0' },
  accountExists: { service: 'a.example' },
  restore: { service: 'a.example', link },
  invitation: { service: 'a.example', link },
  newDevice: { service: 'a.example', time: '5 March 2026', ipAddress: '2001:db8::1', device: 'Mozilla/5.0' },
  newDevices: { service: 'a.example' },
  passwordChanged: { service: 'a.example', time: '5 March 2026' },
  confirmEmail: { service: 'a.example', time: '5 March 2026', link },
  emailChanged: { service: 'a.example', time: '5 March 2026', link },
  confirmEmailAgain: { service: 'a.example', time: '5 March 2026', link },
  emailChangeUndone: { service: 'a.example', time: '5 March 2026' },
  accountDeleted: { service: 'a.example', time: '5 March 2026' },
  signUp: { service: 'a.example', link },
}
const names = Object.keys(samples) as MailName[]

describe('mail templates', () => {
  for (const name of names) {
    for (const language of mailLanguages) {
      it(`render ${name}.${language} without open placeholders or tags`, () => {
        const { subject, text, html } = renderMail(name, language, samples[name])
        for (const part of [subject, text, html]) assert.doesNotMatch(part, /\{\{|\}\}|undefined/)
        assert.match(subject, /^[^\r\n]+$/)
        const words = language === 'ru' ? /[а-яё]{4}/i : /[a-z]{4}/i
        for (const part of [subject, text, html.replace(/<[^>]*>/g, '')]) assert.match(part, words)
        if (language === 'en') assert.doesNotMatch(subject + text + html, /[а-яё]/i)
        assert.ok(html.includes(`<html lang="${language}">`))
        assertWellFormed(html)
        if ('link' in samples[name]) {
          assert.ok(text.split('\n').includes(link), 'the URL is alone on its line')
          assert.equal(html.split(link).length, 3, 'a link and the bare URL')
        } else {
          assert.doesNotMatch(text + html, /href|http/)
        }
      })
    }
  }

  it('load nothing from other hosts', () => {
    assert.doesNotMatch(
      renderMail('activation', 'en', samples.activation).html,
      /<(img|link|script|style|iframe)|url\(|src=/i,
    )
  })

  describe('HTML in the values of templates (security 27)', () => {
    it('is escaped, and each placeholder is filled once', () => {
      const device = '<img src=x onerror=alert(1)>"\'&{{link}}'
      const { text, html } = renderMail('activation', 'en', { ...samples.activation, device })
      assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{{link}}'))
      assert.doesNotMatch(html, /<img/)
      assert.ok(text.includes(device))
    })
  })

  describe('line breaks in the values of templates (security 25)', () => {
    it('are replaced in subject and text', () => {
      const values = { service: 'a.example\r\nBcc: x@evil.example', link: `${link}\n\nhttps://evil.example` }
      const { subject, text } = renderMail('restore', 'en', values)
      assert.match(subject, /^[^\r\n]+$/)
      assert.ok(!text.split('\n').includes('https://evil.example'))
    })
  })
})

describe('the values of mail templates', () => {
  it('include the time in UTC and the host of the service', () => {
    assert.equal(formatTime('2026-03-05T09:07:08.123456Z', 'en'), '5 March 2026 at 09:07 UTC')
    assert.equal(formatTime('2026-03-05T09:07:08Z', 'ru'), '5 марта 2026 г. в 09:07 UTC')
    assert.equal(serviceName('http://localhost:8000'), 'localhost:8000')
    assert.equal(serviceName('https://xn--80aa3aaq4af0e.xn--p1ai/x'), 'аккаунты.рф')
    assert.equal(serviceName('https://xn--bcher-kva.example:8443'), 'bücher.example:8443')
    assert.equal(serviceName('http://[2001:db8::1]:8443'), '[2001:db8::1]:8443')
  })
})

/** Asserts that every element is closed in order, except void elements. */
function assertWellFormed(html: string): void {
  const open: string[] = []
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*)?>/g)) {
    if (name === 'meta') continue
    if (slash) assert.equal(open.pop(), name)
    else open.push(name)
  }
  assert.deepEqual(open, [])
  assert.doesNotMatch(html.replace(/<!doctype html>|<\/?[a-z]+(\s[a-z]+="[^"<>]*")*>/g, ''), /[<>]/)
}
