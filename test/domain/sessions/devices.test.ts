import assert from 'node:assert/strict'
import { nameDevice } from '../../../src/domain/sessions/devices.ts'

describe('nameDevice', () => {
  for (const [userAgent, name] of [
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
      'Mozilla (X11; Linux x86_64; rv) Gecko Firefox',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.3595.65',
      'Mozilla (Windows NT; Win64; x64) AppleWebKit (KHTML, like Gecko) Chrome Safari Edg',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'Mozilla (iPhone; CPU iPhone OS like Mac OS X) AppleWebKit (KHTML, like Gecko) Version Mobile Safari',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15',
      'Mozilla (Macintosh; Intel Mac OS X) AppleWebKit',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16; Pixel 8 Pro Build/BP3A.250905.014; wv) Chrome/142.0.7444.102',
      'Mozilla (Linux; Android; Pixel 8 Pro Build; wv) Chrome',
    ],
    ['okhttp/4.12.0', 'okhttp'],
    ['curl/8.5.0', 'curl'],
    ['MyApp/2.1 (iPhone14,3; iOS 18.6)', 'MyApp (iPhone14,3; iOS)'],
    ['MyApp v2.1.7', 'MyApp'],
    ['Bot/1.0 (+https://example.com/bot.html)', 'Bot (+https://example.com/bot.html)'],
    ['node', 'node'],
    ['', ''],
  ] as const) {
    it(`names the device of ${JSON.stringify(userAgent.slice(0, 40))}`, () => {
      assert.equal(nameDevice(userAgent), name)
    })
  }

  it('distinguishes browsers and systems', () => {
    const device = (browser: string, system: string) => nameDevice(`Mozilla/5.0 (${system}) ${browser}/145.0`)
    const names = ['Firefox', 'Chrome'].flatMap((browser) =>
      ['X11', 'Macintosh'].map((system) => device(browser, system)),
    )
    assert.equal(new Set(names).size, 4)
  })

  it('takes less than 100 ms for a hostile User-Agent, and does not lengthen it', () => {
    for (const part of ['/', '/1', ' v1.', '/a', ' ', ':1_']) {
      const userAgent = part.repeat(512).slice(0, 512)
      const startedAt = performance.now()
      assert.ok(nameDevice(userAgent).length <= 512)
      assert.ok(performance.now() - startedAt < 100)
    }
  })
})
