import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { generateMails } from '../../scripts/generate/mails.ts'

const words = (locale: string) =>
  JSON.stringify({ locale, device: '{{browser}}, {{system}}', unknownDevice: '?', terms: '?', privacy: '?' })
const head = 'Subject: Hello\nPreview: Read this\n\n'
const text = 'Hello, {{name}}, at {{product}}.\n\n[Open]({{link}})\n'
const end = '\n--\nYou signed up.\n'
const good = {
  'en/words.json': words('en-GB'),
  'ru/words.json': words('ru-RU'),
  'en/hello.txt': head + text + end,
  'ru/hello.txt': head + text + end,
}

describe('generateMails', () => {
  it('generates the list of languages, and a type of the values of each mail', async () => {
    const generated = await generate(good)
    assert.ok(generated.includes("export const mailLanguages = ['en', 'ru'] as const"))
    assert.ok(generated.includes('  hello: { link: string; name: string }'))
  })

  it('generates the same as generated/mails.ts contains', async () => {
    const current = await readFile(new URL('../../generated/mails.ts', import.meta.url), 'utf8')
    assert.ok(current.endsWith(await generateMails()), 'run npm run generate')
  })

  const mistakes: [string, Record<string, string>, RegExp][] = [
    ['a missing template', { 'en/bye.txt': `${head}Bye.\n${end}` }, /ru\/bye\.txt is missing/],
    ['a language without words', { 'de/hello.txt': head + text + end }, /de\/words\.json/],
    ['an unknown word', { 'ru/words.json': '{"locale":"ru","devices":"?","unknownDevice":"?"}' }, /ru\/words\.json/],
    ['other placeholders', { 'ru/hello.txt': `${head}Hi.\n\n[Open]({{link}})\n${end}` }, /ru\/hello\.txt.*name/],
    ['no subject', { 'ru/hello.txt': text + end }, /ru\/hello\.txt.*Subject/],
    ['no preview', { 'ru/hello.txt': `Subject: Hello\n\n${text}${end}` }, /ru\/hello\.txt.*Preview/],
    ['another header', { 'en/hello.txt': `Subject: Hello\nBcc: x\n\n${text}${end}` }, /en\/hello\.txt.*Subject/],
    ['no text', { 'en/hello.txt': head + end }, /en\/hello\.txt.*text/],
    ['no footer', { 'en/hello.txt': head + text }, /en\/hello\.txt.*"--"/],
    ['two footers', { 'en/hello.txt': head + text + end + end }, /en\/hello\.txt.*"--"/],
    [
      'a malformed placeholder',
      { 'en/hello.txt': `${head}{{ name }}\n\n${text}${end}` },
      /en\/hello\.txt.*placeholder/,
    ],
    ['a link inside a sentence', { 'en/hello.txt': `${head}{{name}} [x]({{link}})\n${end}` }, /en\/hello\.txt.*link/],
    ['a bare URL', { 'en/hello.txt': `${head}{{name}}, open {{recoverLink}}\n${end}` }, /en\/hello\.txt.*link/],
    ['a malformed file name', { 'en/hello.html': head + text + end }, /en\/hello\.html/],
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
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    return await generateMails(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
