import assert from 'node:assert/strict'
import { bodyTexts, queryTexts } from '../http/support/texts.ts'
import { requestText, sendRaw } from '../http/support/raw.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

// In milliseconds of the main thread's processor time. Quadratic work, which these tests look for, takes 1,000 ms.
const maxWork = 150

/** Repeats each part equally often, so that all together have about a number of UTF-16 code units. */
const fill = (units: number, ...parts: string[]) =>
  parts.map((part) => part.repeat(Math.floor(units / parts.join('').length))).join('')

type Texts = Record<string, (units: number) => string>

// Texts that are expensive to normalize.
const unnormalized: Texts = {
  'combining marks out of order': (units) => fill(units, '\u0344', '\u0316'),
  'combining marks in order': (units) => fill(units, '\u0316', '\u0344'),
  'a letter with marks': (units) => `a${fill(units - 1, '\u0345', '\u0327', '\u0301')}`,
  'marks after an at sign': (units) => `a@${fill(units - 2, '\u0344', '\u0316')}`,
  'marks before an at sign': (units) => `${fill(units - 5, '\u0344', '\u0316')}@a.bc`,
  'a ligature of 18 letters': (units) => fill(units, '\ufdfa'),
  'full-width letters': (units) => fill(units, 'ａ', '．', '＠'),
  'Hangul jamo': (units) => fill(units, '\u1100\u1161\u11a8'),
}

// Texts that are expensive to normalize, match, split or decode.
const hostile: Texts = {
  ...unnormalized,
  'at signs': (units) => fill(units, '@'),
  'short labels': (units) => `a@${fill(units - 2, 'a.')}`,
  'dots in the local part': (units) => `${fill(units - 4, 'a.')}@b.c`,
  'punycode labels': (units) => `a@${fill(units - 2, 'xn--a.')}`,
  'one long punycode label': (units) => `a@xn--${fill(units - 6, 'a9')}`,
  'lone surrogates': (units) => fill(units, '\ud800'),
  'surrogates in the wrong order': (units) => fill(units, '\udc00\ud800'),
  'astral letters': (units) => fill(units, '𝐚'),
  'base64url without an end': (units) => fill(units, 'A'),
  'parts of a token': (units) => fill(units, 'e30.'),
  blanks: (units) => fill(units, ' '),
  digits: (units) => fill(units, '1'),
  percents: (units) => fill(units, '%'),
  quotes: (units) => fill(units, '",'),
}

const bytesInJson = (text: string) => Buffer.byteLength(JSON.stringify(text))

/** Measures the main thread's processor time for an action, in milliseconds. */
async function workOf(act: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage()
  await act()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

describe('the processor time for long texts (security 84)', function () {
  this.timeout(120_000)
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback', CORS_ORIGINS: 'https://app.example.com' })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const made = new Map<string, string>()

  /** Returns the longest text of a kind that fits into a number of bytes. */
  const longest = (kind: string, make: (units: number) => string, maxBytes = 64_000, bytesOf = bytesInJson) => {
    const key = `${kind}, ${maxBytes}`
    let text = made.get(key)
    for (let units = maxBytes; text === undefined || bytesOf(text) > maxBytes; units = Math.floor(units * 0.9))
      text = make(units)
    made.set(key, text)
    return text
  }

  for (const { id, name, maxLength, example } of bodyTexts) {
    it(`is limited for the member ${name} of ${id}`, async () => {
      for (const [kind, make] of Object.entries(hostile)) {
        const body = { ...example, [name]: longest(kind, make) }
        const work = await workOf(async () => {
          assertProblem(await service.call(id, { body, token: superuser.access }), 400, 'invalid')
        })
        assert.ok(work < maxWork, `${kind}: ${work} ms`)
      }
      for (const [kind, make] of Object.entries(unnormalized)) {
        const body = { ...example, [name]: make(maxLength) }
        const work = await workOf(() => service.call(id, { body, token: superuser.access }))
        assert.ok(work < maxWork, `${kind} of the allowed length: ${work} ms`)
      }
    })
  }

  for (const { id, name } of queryTexts) {
    it(`is limited for the parameter ${name} of ${id}`, async () => {
      for (const [kind, make] of Object.entries(hostile)) {
        const query = { [name]: longest(kind, make, 8000, (text) => encodeURIComponent(text.toWellFormed()).length) }
        const work = await workOf(() => service.call(id, { query, token: superuser.access }))
        assert.ok(work < maxWork, `${kind}: ${work} ms`)
      }
    })
  }

  const forms = ['/account/activate/', '/account/confirm-email/', '/account/undo-email/', '/account/restore-password/']
  for (const path of forms) {
    it(`is limited for the form at ${path}`, async () => {
      for (const [kind, make] of Object.entries(hostile)) {
        const bytes = (text: string) => new URLSearchParams({ text }).toString().length
        const text = longest(kind, make, 30_000, bytes)
        for (const form of [{ code: text }, { code: 'x', password: text, password_confirm: text }]) {
          const work = await workOf(() => service.fetch(path, { method: 'POST', body: new URLSearchParams(form) }))
          assert.ok(work < maxWork, `${kind}: ${work} ms`)
        }
      }
    })
  }

  const bodies: Record<string, string> = {
    'thousands of unknown members': `{${Array.from({ length: 7000 }, (_, i) => `"${i}":0`).join()}}`,
    'thousands of members that need an escape': `{${Array.from({ length: 6000 }, (_, i) => `"~${i}":0`).join()}}`,
    'the same member thousands of times': `{${'"email":0,'.repeat(6000)}"email":0}`,
    'one long name': JSON.stringify({ ['~/'.repeat(32_000)]: 0 }),
    'arrays in arrays': '['.repeat(32_000) + ']'.repeat(32_000),
    'objects in objects': `${'{"a":'.repeat(10_000)}0${'}'.repeat(10_000)}`,
    'a long number': `{"email":${'9'.repeat(65_000)}}`,
  }
  for (const [kind, body] of Object.entries(bodies)) {
    it(`is limited for a body of ${kind}`, async () => {
      const headers = { 'Content-Type': 'application/json' }
      const work = await workOf(async () => {
        const { status } = await service.fetch('/api/v1/users/register/', { method: 'POST', headers, body })
        assert.equal(status, 400)
      })
      assert.ok(work < maxWork, `${work} ms`)
    })
  }

  const fields = ['Accept', 'Accept-Language', 'User-Agent', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto']
  const others = ['Forwarded', 'Authorization', 'Host', 'Origin', 'Content-Type', 'Access-Control-Request-Headers']
  const values: Texts = {
    'quotes and commas': (units) => fill(units, '",'),
    'a quote, then commas': (units) => `"${fill(units - 1, ',')}`,
    'quotes and semicolons': (units) => `a/b;${fill(units - 4, '";')}`,
    'a quote, then semicolons': (units) => `a/b;a="${fill(units - 7, ';')}`,
    'backslashes in quotes': (units) => `a/b;a="${fill(units - 7, '\\"')}`,
    commas: (units) => fill(units, ','),
    semicolons: (units) => fill(units, 'a;'),
    'media types': (units) => fill(units, 'a/b,'),
    languages: (units) => fill(units, 'a,'),
    weights: (units) => fill(units, 'en;q=0.1,'),
    'hops of IPv4': (units) => fill(units, '127.0.0.1,'),
    'hops of IPv6': (units) => fill(units, '::1,'),
    'hops with ports': (units) => fill(units, '[::1]:1,'),
    blanks: (units) => `a${' '.repeat(units - 2)}a`,
    'a scheme and blanks': (units) => `Bearer ${' '.repeat(units - 8)}a`,
    'a scheme and dots': (units) => `Bearer ${fill(units - 7, 'e30.')}`,
    punycode: (units) => `xn--${fill(units - 4, 'a9')}`,
    'letters of Latin-1': (units) => fill(units, 'é'),
  }
  for (const field of [...fields, ...others]) {
    it(`is limited for the header field ${field}`, async () => {
      for (const [kind, make] of Object.entries(values)) {
        const head = { Host: 'localhost', [field]: make(15_000) }
        const form = { 'Content-Type': 'application/x-www-form-urlencoded', ...head }
        const requests = [
          requestText('GET', '/api/v1/users/activate/?code=x', head),
          requestText('GET', '/api/v1/users/me/', head),
          requestText('POST', '/account/activate/', form, 'code=x'),
        ]
        for (const text of requests) {
          const send = () => sendRaw(service.url, Buffer.from(text, 'latin1'), { patience: 0 })
          const work = await workOf(send)
          assert.ok(work < maxWork, `${kind}: ${work} ms`)
        }
      }
    })
  }
})
