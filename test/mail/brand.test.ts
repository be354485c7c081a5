import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { createTransport as createNodemailer } from 'nodemailer'
import { loadConfig } from '../../src/config/config.ts'
import { toMessage } from '../../src/mail/message.ts'
import { createRenderer } from '../../src/mail/render.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { BrandFolder, png, svg } from '../support/brandFolder.ts'

const settings = {
  PRODUCT_NAME: 'Shop & "Co"',
  PRODUCT_URL: 'https://shop.example/',
  TERMS_URL: 'https://shop.example/terms?a&b',
  PRIVACY_URL: 'https://shop.example/privacy',
}
const link = '/account/restore-password/?code=x'
const mailFrom = 'Shop <noreply@shop.example>'
const logo = png(400, 100)

describe('the brand in mails', () => {
  let folder: BrandFolder
  beforeEach(async () => {
    folder = await BrandFolder.create({
      'logo.png': logo,
      'logo.svg': svg(''),
      'colors.json': { accent: { light: '#0b6e4f', dark: '#7be0b4' } },
    })
  })
  afterEach(() => folder.remove())

  const restore = (language = 'en', given: Record<string, string> = settings) => {
    const { config } = loadConfig({ ...given, PAGES_DIR: folder.path })
    return createRenderer(config)('restore', language, { link })
  }
  const outgoing = () => ({
    ...restore(),
    id: '1',
    name: 'restore',
    to: 'a@example.com',
    messageId: '<1@shop.example>',
  })

  it('is the logo, with the name as its text, and the colour of the button', () => {
    const { html, text } = restore()
    const image =
      /<header>\n<p [^>]+><a href="https:\/\/shop\.example\/" [^>]+><img src="cid:logo@gatehouse" alt="Shop &amp; &quot;Co&quot;" width="160" height="40" style="[^"]+"><\/a><\/p>/
    assert.match(html, image)
    assert.equal(html.match(/<img/g)?.length, 1)
    assert.match(html, /<a href="[^"]+code=x" style="[^"]+background:#0b6e4f;color:#ffffff">/)
    assert.match(text, /\nShop & "Co" · localhost:8000\n/)
  })

  it('links to the terms of use and the privacy policy in the footer', () => {
    const { text, html } = restore()
    assert.match(
      text,
      /\nhttps:\/\/shop\.example\/\nTerms of use: https:\/\/shop\.example\/terms\?a&b\nPrivacy policy: https:\/\/shop\.example\/privacy\n$/,
    )
    const terms = '<a href="https://shop.example/terms?a&amp;b" style="color:inherit">Terms of use</a>'
    const privacy = '<a href="https://shop.example/privacy" style="color:inherit">Privacy policy</a>'
    assert.ok(html.includes(`${terms} · ${privacy}</p>\n</div>\n</footer>`))
    const russian = restore('ru', { PRIVACY_URL: 'https://shop.example/privacy' })
    assert.match(russian.text, /\nПолитика конфиденциальности: https:\/\/shop\.example\/privacy\n$/)
    assert.doesNotMatch(russian.html, /Условия использования/)
  })

  it('is part of a mail in the folder outbox', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-outbox-'))
    try {
      await createTransport({ mail: { kind: 'file' }, mailFrom, dataDir }).send(outgoing())
      const [file = ''] = await readdir(join(dataDir, 'outbox'))
      await assertLogo(await readFile(join(dataDir, 'outbox', file)))
    } finally {
      await rm(dataDir, { recursive: true })
    }
  })

  it('is part of a mail as nodemailer sends it', async () => {
    const options = { streamTransport: true, buffer: true, disableFileAccess: true, disableUrlAccess: true } as const
    const { message } = await createNodemailer(options).sendMail(toMessage(outgoing(), mailFrom))
    assert.ok(Buffer.isBuffer(message))
    await assertLogo(message)
  })

  it('has no attachment without a PNG logo', async () => {
    await folder.remove()
    folder = await BrandFolder.create({ 'logo.svg': svg('') })
    assert.doesNotMatch(restore().html, /<img/)
    assert.equal('attachments' in toMessage(outgoing(), mailFrom), false)
  })

  /** Asserts that the HTML part of a mail refers to its logo, and that both are one part beside the text. */
  async function assertLogo(source: Buffer): Promise<void> {
    const types = [...source.toString().matchAll(/^Content-Type: ([\w/]+)/gim)].map(([, type]) => type)
    assert.deepEqual(types, ['multipart/alternative', 'text/plain', 'multipart/related', 'text/html', 'image/png'])
    const { attachments, html, text } = await simpleParser(source)
    const [image, ...others] = attachments
    assert.deepEqual(image?.content, logo)
    assert.deepEqual([image.related, image.contentDisposition, others.length], [true, 'inline', 0])
    assert.ok(String(html).includes(`src="data:image/png;base64,${logo.toString('base64')}"`))
    assert.match(String(text), /^Hello,/)
  }
})
