import assert from 'node:assert/strict'
import { PagesFolder } from '../../src/brand/pagesFolder.ts'
import { describeDevice } from '../../src/mail/describeDevice.ts'
import { readTemplates } from '../../src/mail/templates.ts'
import { TestService } from '../support/service.ts'

const { en, ru } = readTemplates(new PagesFolder(undefined))
const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0'

describe('describeDevice (security 101)', () => {
  for (const [userAgent, name] of [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'Firefox on Android'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} FxiOS/145.0 Mobile/15E148`, 'Firefox on iPhone'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, 'Chrome on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/142.0.0.0`, 'Edge on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 OPR/120.0.0.0`, 'Opera on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} YaBrowser/25.8.0 Safari/537.36`, 'Yandex Browser on Windows'],
    [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
    [
      `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 SamsungBrowser/28.0 ${chrome}`,
      'Samsung Internet on Android',
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`, 'Chrome on ChromeOS'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.5 Safari/605.1.15`, 'Safari on macOS'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Version/18.5 Mobile/15E148 Safari/604.1`,
      'Safari on iPhone',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${webkit} CriOS/142.0 Mobile/15E148 Safari/604.1`,
      'Chrome on iPad',
    ],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148`, 'iPhone'],
    ['curl/8.5.0', 'curl'],
    ['python-requests/2.32.3', 'Python'],
    ['okhttp/4.12.0', 'okhttp'],
    ['', 'unknown device'],
    ['Gatehouse product 1.0', 'unknown device'],
    // User-Agents with which attackers try to place a message in a mail.
    [
      'none SECURITY ALERT - your account is at risk - call 1 800 555 0199 now or go to 192.0.2.80/gatehouse to keep it',
      'unknown device',
    ],
    ['CONGRATULATIONS You won 1000000 USD - call 1-800-555-0199', 'unknown device'],
    ['Firefox CALL 1-800-555-0199', 'Firefox'],
    ['CALL 1-800-555-0199 Firefox/145.0 on Linux, or write to me@evil.test', 'Firefox on Linux'],
    ['call us: curl/8.5.0', 'unknown device'],
    ['NotFirefox, Linuxious', 'unknown device'],
    ['visit https://evil.test/Firefox\u202e', 'Firefox'],
  ] as const)
    it(`returns “${name}” for ${JSON.stringify(userAgent.slice(0, 30))}…`, () => {
      assert.equal(describeDevice(userAgent, en.words), name)
    })

  it('uses the language of the mail', () => {
    assert.equal(describeDevice('Firefox/1 Linux', ru.words), 'Firefox на Linux')
    assert.equal(describeDevice('call me', ru.words), 'неизвестное устройство')
  })

  it('puts no text of the User-Agent into the activation mail', async () => {
    const service = await TestService.start()
    try {
      for (const [language, line] of [
        ['en', /Device: unknown device$/m],
        ['ru', /Устройство: неизвестное устройство$/m],
      ] as const) {
        const body = { email: service.email(), password: 'correct horse', password_confirm: 'correct horse', language }
        const headers = { 'User-Agent': 'CALL 1-800-555-0199 NOW' }
        assert.equal((await service.call('registerUser', { body, headers })).status, 201)
        const { text, html } = await service.mailTo(body.email)
        assert.match(text, line)
        assert.doesNotMatch(text + html, /555|CALL/)
      }
    } finally {
      await service.stop()
    }
  })
})
