import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { createRenderer } from '../../src/mail/render.ts'
import { templatesFolder } from '../../src/mail/template.ts'
import { StartError } from '../../src/problems.ts'
import { assertSentence, StartRoom } from '../support/start.ts'

const restore = `Subject: Hello from {{product}}
Preview: Your link

Here it is:

[Open]({{link}})

[Sign in]({{signInLink}})

--
You asked for it.
`

describe('PAGES_DIR/mails', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const write = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }
  const rendererOf = (pagesDir: string) =>
    createRenderer(loadConfig({ PRODUCT_NAME: 'Shop', PAGES_DIR: pagesDir }).config)

  it('replaces the texts of a mail in one language', async () => {
    await write({ 'mails/en/restore.txt': restore.replaceAll('\n', '\r\n') })
    const render = rendererOf(folder)
    const { subject, text, html } = render('restore', 'en', { link: '/x?code=1' })
    assert.equal(subject, 'Hello from Shop')
    assert.match(text, /^Here it is:\n\nOpen:\nhttp:\/\/localhost:8000\/x\?code=1\n\nSign in:\n/)
    assert.match(text, /\n-- \nYou asked for it\.\nShop/)
    assert.match(html, /<h1[^>]*>Hello from Shop<\/h1>/)
    assert.match(render('restore', 'ru', { link: '' }).subject, /^Новый пароль/)
    assert.match(render('signUp', 'en', { link: '' }).subject, /^Finish/)
  })

  it('can contain copies of all templates, and may lack any of them', async () => {
    await cp(templatesFolder, join(folder, 'mails'), {
      recursive: true,
      filter: (source) => !source.endsWith('words.json'),
    })
    rendererOf(folder)
    await rm(join(folder, 'mails'), { recursive: true })
    rendererOf(folder)
  })

  it('may be mounted by Kubernetes, with symbolic links and hidden folders', async () => {
    await write({ '..data/mails/en/restore.txt': restore })
    await symlink('..data/mails', join(folder, 'mails'))
    assert.equal(rendererOf(folder)('restore', 'en', { link: '' }).subject, 'Hello from Shop')
  })

  it('is refused with one line for each wrong file', async () => {
    await write({
      'mail/en/restore.txt': restore,
      'mails/de/restore.txt': restore,
      'mails/en/newdevice.txt': restore,
      'mails/en/restore.html': restore,
      'mails/en/restore.txt': restore.replace('{{product}}', '{{email}}'),
      'mails/en/signUp.txt': restore.replace('{{link}}', '{{recoverLink}}'),
      'mails/en/newDevices.txt': restore,
      'mails/ru/restore.txt': restore.replace('Preview', 'Previews'),
      'mails/ru/signUp.txt': restore,
    })
    assert.throws(
      () => rendererOf(folder),
      (error) => {
        assert.ok(error instanceof StartError)
        const lines = error.message.split('\n')
        assert.equal(lines.shift(), 'Wrong files in PAGES_DIR:')
        assert.deepEqual(lines.map((line) => line.replace(folder, '').replace(/(: .{18}).*/, '$1')).sort(), [
          '  /mail: the possible names',
          '  /mails/de: the possible names',
          '  /mails/en/newDevices.txt: {{link}} is unknow',
          '  /mails/en/newdevice.txt: the possible names',
          '  /mails/en/restore.html: the possible names',
          '  /mails/en/restore.txt: {{email}} is unkno',
          '  /mails/en/signUp.txt: the link [Label]({',
          '  /mails/ru/restore.txt: the first paragrap',
        ])
        return true
      },
    )
  })

  it('is refused if it does not exist, or if its entries are of the wrong kind', async () => {
    assert.throws(() => rendererOf(join(folder, 'absent')), /ENOENT.*absent/)
    await write({ 'mails/en': 'not a folder', 'mails/ru/restore.txt/x': 'not a file' })
    assert.throws(() => rendererOf(folder), /EISDIR[^]*ENOTDIR.*en|ENOTDIR.*en[^]*EISDIR/)
  })

  describe('at the start of the service', () => {
    const room = new StartRoom()

    for (const workers of ['1', '2'])
      it(`stops the start even without the database, and names the file (WORKERS=${workers})`, async () => {
        await write({ 'mails/en/restore.txt': restore.replace('{{link}}', '{{code}}') })
        const DATABASE_URL = 'postgres://gatehouse@127.0.0.1:1/gatehouse'
        const start = room.start({ DATABASE_URL, PAGES_DIR: folder, WORKERS: workers })
        assert.equal(await start.ended, 1)
        assertSentence(start, /^Wrong files in PAGES_DIR:\n {2}\S+\/mails\/en\/restore\.txt: [^\n]+$/)
      })
  })
})
