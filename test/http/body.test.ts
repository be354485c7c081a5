import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { operations, type Operation } from '../support/operations.ts'
import { requestText, sendRaw } from './support/raw.ts'

const json = 'application/json'
const limit = 64 * 1024

type Sent = { type?: string; encoding?: string; body: (example: object) => string | Uint8Array }
const exact = (text: string) => () => text
const encoded = (encoding: BufferEncoding) => (example: object) => Buffer.from(JSON.stringify(example), encoding)

// Bodies that every operation refuses with the same answer, because they are not a JSON object.
const refusals: [title: string, status: number, sent: Sent][] = [
  ['cut off', 400, { body: exact('{"email":') }],
  ['no JSON', 400, { body: exact('email=a@example.com') }],
  ['two documents', 400, { body: exact('{}{}') }],
  ['a trailing comma', 400, { body: exact('{"email":"a@example.com",}') }],
  ['a byte order mark', 400, { body: (example) => `\ufeff${JSON.stringify(example)}` }],
  ['invalid UTF-8', 400, { body: () => Buffer.from('7b22636f6465223a22c328227d', 'hex') }],
  ['a surrogate in UTF-8', 400, { body: () => Buffer.from('7b22636f6465223a22eda080227d', 'hex') }],
  ['UTF-16 that is declared', 415, { type: `${json}; charset=utf-16`, body: encoded('utf16le') }],
  ['UTF-16 that is not declared', 400, { body: encoded('utf16le') }],
  ['Latin-1', 415, { type: `${json}; charset=iso-8859-1`, body: encoded('latin1') }],
  ['gzip', 415, { encoding: 'gzip', body: (example) => gzipSync(JSON.stringify(example)) }],
  ['an unknown encoding', 415, { encoding: 'x-none', body: JSON.stringify }],
  ['text/plain', 415, { type: 'text/plain', body: JSON.stringify }],
  ['a form', 415, { type: 'application/x-www-form-urlencoded', body: exact('email=a@example.com') }],
  ['a JSON of another kind', 415, { type: 'application/merge-patch+json', body: JSON.stringify }],
  ['a type that only ends like JSON', 415, { type: `x-${json}`, body: JSON.stringify }],
  ['two types', 415, { type: `${json}, text/plain`, body: JSON.stringify }],
  ['a string', 400, { body: exact('"text"') }],
  ['an object in a string', 400, { body: (example) => JSON.stringify(JSON.stringify(example)) }],
  ['an array', 400, { body: (example) => JSON.stringify([example]) }],
  ['a number', 400, { body: exact('1') }],
  ['zero', 400, { body: exact('0') }],
  ['null', 400, { body: exact('null') }],
  ['false', 400, { body: exact('false') }],
  ['the empty string', 400, { body: exact('""') }],
  ['nothing', 400, { body: exact('') }],
  ['blanks', 400, { body: exact('  \n') }],
  ['30,000 levels', 400, { body: exact('['.repeat(30_000) + ']'.repeat(30_000)) }],
  ['100,000 levels', 413, { body: exact('{"a":'.repeat(100_000)) }],
  ['an own __proto__', 400, { body: (example) => JSON.stringify(example).replace('{', '{"__proto__":{"a":1},') }],
  ['a constructor', 400, { body: (example) => JSON.stringify({ ...example, constructor: { prototype: {} } }) }],
  ['a toString', 400, { body: (example) => JSON.stringify({ ...example, toString: 'x' }) }],
  ['a byte over 64 KiB', 413, { body: exact('{}'.padEnd(limit + 1)) }],
  ['1 MiB', 413, { body: exact('{}'.padEnd(16 * limit)) }],
]

// Values that replace the value of each member.
const values = {
  '1e400': '1e400',
  '2^53+1': '9007199254740993',
  '-0': '-0',
  null: 'null',
  true: 'true',
  'an array': '["a"]',
  'an object': '{"a":1}',
  NUL: '"\\u0000"',
  'a lone surrogate': '"\\ud800"',
  'an empty key deep inside': '{"":{"":[{}]}}',
}

// The operations whose bodies may contain is_superuser.
const administers: string[] = ['createUser', 'updateUser']

const withBody = operations.filter(({ example }) => example !== undefined)

describe('request bodies', () => {
  let service: TestService
  let token: string
  before(async () => {
    service = await TestService.start()
    token = (await service.signedIn({ superuser: true })).access
  })
  after(() => service.stop())

  function send({ method, path, secured }: Operation, body: string | Uint8Array, { type = json, encoding = '' } = {}) {
    return service.fetch(path, {
      method,
      headers: {
        ...(type === '' ? {} : { 'Content-Type': type }),
        ...(encoding === '' ? {} : { 'Content-Encoding': encoding }),
        ...(secured ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: Buffer.from(body),
    })
  }

  for (const operation of withBody) {
    const { id, example = {} } = operation

    it(`must be one JSON object for ${id} (security 62–67)`, async () => {
      for (const [title, status, { body, ...sent }] of refusals) {
        const answer = await send(operation, body(example), sent)
        const code = { 400: 'invalid', 413: 'content_too_large', 415: 'unsupported_media_type' }[status] ?? ''
        assert.equal(answer.status, status, `${title}: ${JSON.stringify(answer.body)}`)
        assertProblem(answer, status, code)
      }
    })

    it(`are refused by ${id} if a value is wrong, naming the member (security 67, 68)`, async () => {
      for (const member of Object.keys(example)) {
        for (const [kind, value] of Object.entries(values)) {
          if (typeof JSON.parse(value) === typeof example[member] && typeof example[member] !== 'string') continue
          const rest = Object.entries(example).filter(([name]) => name !== member)
          const others = rest.map(([name, other]) => `,${JSON.stringify(name)}:${JSON.stringify(other)}`).join('')
          const answer = await send(operation, `{${JSON.stringify(member)}:${value}${others}}`)
          assert.equal(answer.status, 400, `${member}: ${kind}: ${JSON.stringify(answer.body)}`)
          assertProblem(answer, 400, 'invalid')
          const pointers = (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)
          assert.ok(pointers.includes(`/${member}`), `${member}: ${kind}: ${pointers.join()}`)
        }
      }
    })

    it(`are refused by ${id} if they have unknown members, naming them (security 75)`, async () => {
      const unknown = { is_superuser: true, id: 'x', 'a/b~c': 1, '': 1 }
      const pointers = ['/', '/a~1b~0c', '/id', ...(administers.includes(id) ? [] : ['/is_superuser'])]
      const answer = await send(operation, JSON.stringify({ ...example, ...unknown }))
      assertProblem(answer, 400, 'invalid')
      const errors = answer.body['errors'] as { pointer: string; code: string }[]
      const named = errors.filter(({ code }) => code === 'unknown_member').map(({ pointer }) => pointer)
      assert.deepEqual(named.sort(), pointers)
    })
  }

  const verify = '/api/v1/auth/token/verify/'
  const raw = (headers: Record<string, string>, body: string, options?: { half?: boolean; patience?: number }) =>
    sendRaw(service.url, requestText('POST', verify, { 'Content-Type': json, ...headers }, body), options)

  it('may use any spelling of application/json in UTF-8, or any type if they are empty', async () => {
    for (const type of [
      ...[`${json};charset=utf-8`, `${json}; charset=UTF-8`, `Application/JSON ; charset="utf-8"`, `${json};`],
      ...[
        `${json}; version=1`,
        `${json};version="1;2\\", x=y" ;`,
        `${json} ; ; charset="ut\\f-8"`,
        `${json}; Charset=utf8`,
      ],
      ...[`\t${json}\t;\tcharset=utf-8\t`, `${json};odata.metadata=minimal;charset=utf-8`],
    ]) {
      assertProblem(await raw({ 'Content-Type': type }, '{"token":"x"}'), 401, 'token_not_valid')
    }
    assertProblem(await raw({ 'Content-Encoding': 'identity' }, '{"token":"x"}'), 401, 'token_not_valid')
    assert.equal((await service.fetch('/health/live', { headers: { 'Content-Type': 'text/plain' } })).status, 200)
  })

  describe('the content type of a body (security 63)', () => {
    it('must not be malformed, sent twice, or with another charset than UTF-8', async () => {
      for (const type of [
        ...[
          `${json}; charset=utf-16`,
          `${json};x="; charset=utf-8";charset="utf-16"`,
          `${json}; charset=`,
          `${json}; charset`,
        ],
        ...[
          `${json}; charset=utf-8; charset=utf-16`,
          `${json}; charset="utf-8`,
          `${json} charset=utf-8`,
          `${json}, ${json}`,
        ],
        ...[`${json}; version=1, text/plain`, `${json}/x`, `"${json}"`, `application/ json`, `; charset=utf-8`],
      ])
        assertProblem(await raw({ 'Content-Type': type }, '{"token":"x"}'), 415, 'unsupported_media_type')
      for (const second of [json, 'text/plain']) {
        const twice = await raw({ 'content-type': second }, '{"token":"x"}')
        assertProblem(twice, 415, 'unsupported_media_type')
      }
    })
  })

  it('require a content type, whether they are chunked or not', async () => {
    const untyped = requestText('POST', verify, {}, '{"token":"x"}')
    assertProblem(await sendRaw(service.url, untyped), 415, 'unsupported_media_type')
    const chunked = requestText('POST', verify, { 'Transfer-Encoding': 'chunked' }) + chunk('{"token":"x"}') + chunk('')
    assertProblem(await sendRaw(service.url, chunked), 415, 'unsupported_media_type')
  })

  describe('the length of a body (security 62)', () => {
    it('may be 64 KiB and not a byte more, with or without Content-Length', async () => {
      const whole = '{"token":"x"}'.padEnd(limit)
      assertProblem(await raw({}, whole), 401, 'token_not_valid')
      const head = requestText('POST', verify, { 'Content-Type': json, 'Transfer-Encoding': 'chunked' })
      const inChunks = (text: string) => head + chunk(text.slice(0, 40_000)) + chunk(text.slice(40_000)) + chunk('')
      assertProblem(await sendRaw(service.url, inChunks(whole)), 401, 'token_not_valid')
      for (const text of [`${whole} `, whole.padEnd(16 * limit)]) {
        for (const request of [requestText('POST', verify, { 'Content-Type': json }, text), inChunks(text)]) {
          const answer = await sendRaw(service.url, request, { patience: 1000 })
          assertProblem(answer, 413, 'content_too_large')
          assert.equal(answer.headers.get('connection'), 'close')
          assert.ok(answer.closed)
        }
      }
    })
  })

  it('are refused before they arrive if their Content-Length is too high', async () => {
    const answer = await raw({ 'Content-Length': '99999999999' }, '{', { patience: 1000 })
    assertProblem(answer, 413, 'content_too_large')
    assert.ok(answer.closed)
  })

  it('get a single 400 if their length is wrong or a chunk is malformed', async () => {
    const chunked = { 'Content-Type': json, 'Transfer-Encoding': 'chunked' }
    const broken = [
      requestText('POST', verify, { 'Content-Type': json, 'Content-Length': '100' }) + '{"token":',
      requestText('POST', verify, chunked) + '5\r\n{"tok\r\n',
      requestText('POST', verify, chunked) + 'zz\r\n{}\r\n',
    ]
    for (const text of broken) {
      const answer = await sendRaw(service.url, text, { half: true, patience: 1000 })
      assertProblem(answer, 400, 'invalid')
      assert.equal(answer.answers, 1)
      assert.ok(answer.closed)
    }
  })

  it('do not affect later requests if they are refused', async () => {
    assert.equal((await service.call('getMe', { token })).status, 200)
  })
})

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}
