import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateMails } from '../../scripts/generate/mails.ts'

const good = {
  'hello.en.txt': 'Subject: Hello\n\nHello, {{name}}.\n\n[Open]({{link}})\n',
  'hello.ru.txt': 'Subject: Привет\n\nПривет, {{name}}.\n\n[Открыть]({{link}})\n',
}

describe('generateMails', () => {
  it('generates the list of languages, and a type of the values of each mail', async () => {
    const text = await generate(good)
    assert.ok(text.includes("export const mailLanguages = ['en', 'ru'] as const"))
    assert.ok(text.includes('  hello: { link: string; name: string }'))
  })

  it('generates the same as generated/mails.ts contains', async () => {
    const current = await readFile(new URL('../../generated/mails.ts', import.meta.url), 'utf8')
    assert.ok(current.endsWith(await generateMails()), 'run npm run generate')
  })

  const mistakes: [string, Record<string, string>, RegExp][] = [
    ['a missing language', { 'bye.en.txt': 'Subject: Bye\n\nBye.\n' }, /bye\.ru\.txt is missing/],
    [
      'other placeholders',
      { 'hello.ru.txt': 'Subject: Привет\n\nПривет.\n\n[Открыть]({{link}})\n' },
      /hello\.ru\.txt.*name/,
    ],
    ['no subject', { 'hello.ru.txt': 'Привет, {{name}} {{link}}\n' }, /hello\.ru\.txt.*Subject/],
    [
      'a subject of two lines',
      { 'hello.en.txt': 'Subject: Hello\nBcc: x\n\n{{name}} {{link}}\n' },
      /hello\.en\.txt.*Subject/,
    ],
    ['no text', { 'hello.en.txt': 'Subject: Hello {{name}} {{link}}\n' }, /hello\.en\.txt.*text/],
    [
      'a malformed placeholder',
      { 'hello.en.txt': 'Subject: Hello\n\n{{ name }} {{link}}\n' },
      /hello\.en\.txt.*placeholder/,
    ],
    [
      'a link inside a sentence',
      { 'hello.en.txt': 'Subject: Hello\n\n{{name}} [x]({{link}})\n' },
      /hello\.en\.txt.*link/,
    ],
    ['a malformed file name', { 'hello.txt': 'Subject: Hello\n\nHello\n' }, /hello\.txt/],
  ]
  for (const [mistake, files, message] of mistakes) {
    it(`reports ${mistake}, and names the file`, async () => {
      await assert.rejects(generate({ ...good, ...files }), message)
    })
  }
})

async function generate(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-templates-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return await generateMails(pathToFileURL(`${folder}/`))
  } finally {
    await rm(folder, { recursive: true })
  }
}
