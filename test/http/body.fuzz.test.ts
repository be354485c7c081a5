import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { readJson } from '../../src/http/body.ts'
import { describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

const json = fc.oneof(
  fc.json({ maxDepth: 2, stringUnit: 'binary' }),
  fc.constantFrom(
    '{"email":"test@example.com","password":"12345678"}',
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    '{"a":1e400,"b":9007199254740993,"a":-0}',
    '{"a":"\\u0000\\ud800"}',
    `${'['.repeat(200)}${']'.repeat(200)}`,
    '[',
    '',
  ),
)
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ maxLength: 4 }) })
/** JSON in UTF-8, the same with edited characters or overwritten bytes, random bytes, and about 64 KiB, the limit. */
const bodies = fc.oneof(
  { weight: 10, arbitrary: nearly(json).map((text) => Buffer.from(text)) },
  {
    weight: 10,
    arbitrary: fc.tuple(json, edit).map(([text, { at, bytes }]) => {
      const whole = Buffer.from(text)
      whole.set(bytes.subarray(0, whole.length), Math.floor(at * Math.max(0, whole.length - bytes.length)))
      return whole
    }),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -2, max: 2 }).map((more) => Buffer.alloc(64 * 1024 + more, '"x', 'latin1')),
  },
)
const types = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON;charset="UTF-8"',
    ),
  },
  {
    weight: 2,
    arbitrary: nearly(fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/plain', '')),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
)
const encodings = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  fc.constantFrom('identity', 'gzip', 'br', '', 'identity, gzip'),
)
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 })

function request(body: Buffer, at: number[], headers: Record<string, string | undefined>): IncomingMessage {
  const ends = [0, ...at.map((part) => Math.floor(part * body.length)).sort((a, b) => a - b), body.length]
  const chunks = ends.slice(1).map((end, index) => body.subarray(ends[index], end))
  const stream = Readable.from(
    chunks.filter((chunk) => chunk.length > 0),
    { objectMode: false },
  )
  return Object.assign(stream, { headers, headersDistinct: {} }) as unknown as IncomingMessage
}

describeFuzz('the body parser (security 62–65)', () => {
  it('returns a value or a documented Problem for any bytes and header fields', () =>
    holds(
      fc.record({
        body: bodies,
        at: cuts,
        type: types,
        encoding: encodings,
        length: fc.constantFrom(undefined, 'right', 'right', 'more', '-1', 'x'),
      }),
      ['value', 'nothing', 'invalid', 'content_too_large', 'unsupported_media_type'],
      async ({ body, at, type, encoding, length }) => {
        const stated = length === 'right' ? String(body.length) : length === 'more' ? String(body.length + 1) : length
        const headers = { 'content-type': type, 'content-encoding': encoding, 'content-length': stated }
        let value: unknown
        const read = async () => (value = await readJson(request(body, at, headers)))
        const problem = await problemOf(read, 'invalid', 'content_too_large', 'unsupported_media_type')
        if (problem) return problem.code as 'invalid'
        if (value === undefined) return 'nothing'
        assert.ok(body.length <= 64 * 1024)
        assert.deepEqual(Buffer.from(body.toString()), body)
        assert.deepEqual(value, JSON.parse(body.toString()))
        return 'value'
      },
    ))

  it('reads the same value in whatever chunks the body arrives', () =>
    holds(fc.tuple(json, cuts), ['value', 'none'], async ([text, at]) => {
      const body = Buffer.from(text)
      let value: unknown
      const read = async (cut: number[]) =>
        (value = await readJson(request(body, cut, { 'content-type': 'application/json' })))
      if (await problemOf(() => read([]), 'invalid')) {
        assert.ok(await problemOf(() => read(at), 'invalid'))
        return 'none'
      }
      const whole = value
      assert.deepEqual(await read(at), whole)
      if (text.startsWith('{"__proto__"')) assert.ok(Object.hasOwn(whole as object, '__proto__'))
      return 'value'
    }))
})
