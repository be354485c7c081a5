import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toMessage, type OutgoingMail } from './message.ts'

/**
 * Writes a mail to the folder as one file, completely or not at all. The order of the file names is the order of the
 * mails.
 */
export async function writeEml(folder: string, mail: OutgoingMail, from: string): Promise<void> {
  const content = await toEml(mail, from)
  const time = new Date().toISOString().replaceAll(':', '-')
  const file = join(folder, `${time}-${mail.name}-${mail.id}.eml`)
  const unfinished = `${file}.tmp`
  // The parent folder, DATA_DIR, gets the default mode, because the system user that runs the embedded database may
  // have to enter it.
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await writeFile(unfinished, content, { mode: 0o600, flush: true })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}

/**
 * Builds the content of the file so that people and grep find each link exactly once. The text part is not encoded,
 * and the HTML part is in Base64. By default nodemailer would use quoted-printable, which breaks links at 76 columns.
 */
async function toEml(mail: OutgoingMail, from: string): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const html = Buffer.from(mail.html).toString('base64').replace(/.{76}/g, '$&\n')
  return new MailComposer({
    ...toMessage(mail, from),
    text: { raw: part('text/plain', '8bit', mail.text) },
    html: { raw: part('text/html', 'base64', html) },
    newline: 'unix',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}

function part(type: string, encoding: string, content: string): string {
  return `Content-Type: ${type}; charset=utf-8\nContent-Transfer-Encoding: ${encoding}\n\n${content}`
}
