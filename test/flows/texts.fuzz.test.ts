import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { parseEnvFile } from '../../src/config/envFile.ts'
import { parseCode } from '../../src/domain/mails/codes.ts'
import { canonicalPath, originForm, queryOf } from '../../src/http/canonicalPath.ts'
import { around, describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

const targets = around(
  // prettier-ignore
  fc.constantFrom(
    '/api/v1/users/me/', '/api/v1/users/me', '/account/style.css', 'http://evil.test/api/v1/users/me?x=1', '/%61pi/',
    '/api/%zz/', '/api/%ff', '//me', '*', '/',
  ),
)
const codes = around(
  fc.uint8Array({ minLength: 36, maxLength: 36 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
)
const setting = fc.tuple(
  fc.stringMatching(/^[A-Z][A-Z_]{0,9}$/),
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n]/.test(text) && text === text.trim()),
  fc.constantFrom("'", '"'),
)

/** Decodes a percent-encoded text, or returns it unchanged if it is malformed. */
const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

describeFuzz('texts that a client or a file supplies', () => {
  it('become a canonical path, invalid or not_found when read as a path (security 71)', () =>
    holds(targets, ['path', 'invalid', 'not_found'], async (given) => {
      const target = originForm(given)
      let path = ''
      const problem = await problemOf(() => (path = canonicalPath(target)), 'invalid', 'not_found')
      if (problem) return problem.code as 'invalid'
      assert.doesNotMatch(path, /[%?]/)
      assert.equal(canonicalPath(originForm(path)), path)
      assert.equal(queryOf(target), target.slice(target.indexOf('?') + 1 || Infinity))
      return 'path'
    }))

  it('become a code or code_invalid when read as a mailed code (security 16)', () =>
    holds(codes, ['code', 'none'], async (text) => {
      let parsed: { userId: string; hash: Uint8Array } | undefined
      const problem = await problemOf(() => (parsed = parseCode(text)), 'code_invalid')
      if (problem) return 'none'
      // The rest contains no character that could be part of a code.
      const [code = '', rest = ''] = /^([\w-]{48})(.*)$/s.exec(decoded(decoded(text)))?.slice(1) ?? []
      assert.doesNotMatch(rest, /[\w=+-]/)
      const bytes = Buffer.from(code, 'base64url')
      assert.deepEqual([bytes.length, bytes.toString('base64url')], [36, code])
      assert.equal(parsed?.userId.replaceAll('-', ''), bytes.toString('hex', 0, 16))
      assert.deepEqual(Buffer.from(parsed.hash), createHash('sha256').update(bytes).digest())
      return 'code'
    }))

  it('become at most one setting for each line, and never throw, when read as .env', () =>
    holds(
      fc.tuple(
        fc.array(setting, { maxLength: 4 }),
        nearly(fc.constantFrom('# note', 'A=1', 'no setting', '=', '"'), 2),
      ),
      ['parsed'],
      ([settings, noise]) => {
        const text = settings.map(([name, value, quote]) => `${name}=${quote}${value}${quote}`).join('\r\n')
        assert.deepEqual(parseEnvFile(text), new Map(settings.map(([name, value]) => [name, value])))
        for (const [name, value] of parseEnvFile(`${noise}\n${text}`)) assert.doesNotMatch(`${name}${value}`, /[\r\n]/)
        return 'parsed'
      },
    ))
})
