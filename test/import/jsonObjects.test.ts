import assert from 'node:assert/strict'
import { readJsonObjects } from '../../src/import/jsonObjects.ts'
import { StartError } from '../../src/problems.ts'

const entries = [
  { text: 'a "quoted" \\ text with { and } and [', list: [{ nested: [1, {}] }] },
  {},
  { 'ключ"': 'line\nbreak', end: '\\' },
]

async function read(text: string, size: number): Promise<unknown[]> {
  const objects: unknown[] = []
  const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  )
  for await (const object of readJsonObjects((async function* () {
    yield* await Promise.resolve(chunks)
  })()))
    objects.push(object) // prettier-ignore
  return objects
}

describe('readJsonObjects', () => {
  const texts = {
    'a list': JSON.stringify(entries),
    'an indented list': JSON.stringify(entries, null, 2),
    'one object per line': entries.map((entry) => JSON.stringify(entry)).join('\n'),
    'a list after a byte order mark': `\ufeff${JSON.stringify(entries)}\n`,
  }
  for (const [what, text] of Object.entries(texts)) {
    it(`reads the objects of ${what}, however it is divided into chunks`, async () => {
      for (let size = 1; size <= text.length; size++) assert.deepEqual(await read(text, size), entries)
    })
  }

  it('reads nothing from an empty list', async () => {
    assert.deepEqual(await read('[ ]', 3), [])
  })

  for (const text of ['["a"]', '[1]', '}', '{"a": }', '{"a": 1', 'text'])
    it(`refuses ${text}`, async () => {
      await assert.rejects(read(text, 2), StartError)
    })

  it('refuses an object of more than 16 MiB', async () => {
    await assert.rejects(read(`{"a": "${'x'.repeat(17 * 1024 * 1024)}"}`, 1024 * 1024), /more than 16 MiB/)
  })
})
