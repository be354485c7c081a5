import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { mailLanguages } from '../../generated/mails.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createRenderer } from '../../src/mail/render.ts'
import { createTransport } from '../../src/mail/transport.ts'

const id = '0198c0de-0000-7000-8000-000000000001'
const mailFrom = 'Gatehouse <noreply@accounts.example.com>'
// Longer than a line of quoted-printable, as real links are.
const baseUrl = 'http://localhost:8000'
const path = `/api/v1/users/activate/?code=${'Ab-_'.repeat(12)}`
const link = baseUrl + path
const render = createRenderer(loadConfig({}).config)

describe('the folder outbox', () => {
  let dataDir = ''

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-outbox-'))
  })

  afterEach(async () => {
    await rm(dataDir, { recursive: true })
  })

  for (const language of mailLanguages) {
    it(`contains each mail with its link on one line (${language})`, async () => {
      await createTransport({ mail: { kind: 'file' }, mailFrom, dataDir }).send(activation(language))
      const grep = "grep -ho 'http[^ ]*activate[^ ]*' outbox/*.eml"
      assert.equal(execFileSync('sh', ['-c', grep], { cwd: dataDir, encoding: 'utf8' }), `${link}\n`)

      const [file = ''] = await readdir(join(dataDir, 'outbox'))
      const mail = await simpleParser(await readFile(join(dataDir, 'outbox', file)))
      const { subject, text, html } = activation(language)
      assert.equal(mail.subject, subject)
      assert.equal(mail.text?.trim(), text.trim())
      assert.equal(mail.html && mail.html.trim(), html.trim())
      assert.equal(mail.messageId, `<${id}@accounts.example.com>`)
      assert.deepEqual(Array.isArray(mail.to) ? mail.to : mail.to?.value, [{ name: '', address: 'ann@example.com' }])
      assert.equal(mail.from?.value[0]?.address, 'noreply@accounts.example.com')
      assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
      assert.equal(mail.headers.get('content-language'), language)
      assert.ok(Math.abs(Number(mail.date) - Date.now()) < 5000)
    })
  }

  it('is readable only by its owner, and contains no unfinished file', async () => {
    await createTransport({ mail: { kind: 'file' }, mailFrom, dataDir }).send(activation('en'))
    const folder = join(dataDir, 'outbox')
    const files = await readdir(folder)
    assert.match(files.join(), /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-activation-[\da-f-]{36}\.eml$/)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    assert.equal((await stat(join(folder, files[0] ?? ''))).mode & 0o777, 0o600)
  })

  it('is filled in addition to the console, which prints each mail in one piece', async () => {
    const printed: string[] = []
    const transport = createTransport({ mail: { kind: 'console' }, mailFrom, dataDir }, (text) => printed.push(text))
    await transport.send(activation('en'))
    assert.equal(printed.length, 1)
    assert.match(printed[0] ?? '', /^To: ann@example\.com\nSubject: .+\n\n[\s\S]+/m)
    assert.ok(printed[0]?.split('\n').includes(link))
    assert.equal((await readdir(join(dataDir, 'outbox'))).length, 1)
    assert.match(transport.label, /^console and .*outbox\/\*\.eml$/)
  })

  it('causes an error if it cannot be written; then nothing is printed', async () => {
    await writeFile(join(dataDir, 'outbox'), 'not a folder')
    const printed: string[] = []
    const transport = createTransport({ mail: { kind: 'console' }, mailFrom, dataDir }, (text) => printed.push(text))
    await assert.rejects(transport.send(activation('en')), /EEXIST|ENOTDIR/)
    assert.deepEqual(printed, [])
  })
})

function activation(language: 'en' | 'ru') {
  const values = { link: path, time: '2026-03-05T09:07:08Z', ipAddress: '127.0.0.1', device: 'curl/8.0' }
  const rendered = render('activation', language, values)
  return {
    ...rendered,
    id,
    name: 'activation',
    to: 'ann@example.com',
    messageId: `<${id}@accounts.example.com>`,
  }
}
