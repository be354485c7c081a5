import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type SentMail = { file: string; to: string; subject: string; date: Date; text: string; html: string }

/** Reads the newest mails in the folder `outbox` of DATA_DIR, the newest first. */
export async function readSentMails(dataDir: string, count: number): Promise<SentMail[]> {
  const folder = join(dataDir, 'outbox')
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.eml'))
  const { simpleParser } = await import('mailparser')
  const newest = files.sort().reverse().slice(0, count)
  return Promise.all(
    newest.map(async (file) => {
      const content = await readFile(join(folder, file))
      const { to, subject = '', date = new Date(0), text = '', html } = await simpleParser(content)
      const recipient = (Array.isArray(to) ? to[0] : to)?.text ?? ''
      return { file, to: recipient, subject, date, text, html: html || '' }
    }),
  )
}
