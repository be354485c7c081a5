import { readFile } from 'node:fs/promises'
import { simpleParser } from 'mailparser'

export type ReceivedMail = { to: string; subject: string; text: string; html: string; link: string; code: string }

/** Reads a mail of the outbox, with the link and the code in it. */
export async function readMail(file: string): Promise<ReceivedMail> {
  const { to, subject = '', text = '', html } = await simpleParser(await readFile(file))
  const recipients = Array.isArray(to) ? to : [to]
  const [link = ''] = /https?:\/\/\S+code=\S+/.exec(text) ?? []
  const code = link === '' ? '' : (new URL(link).searchParams.get('code') ?? '')
  return { to: recipients[0]?.value[0]?.address ?? '', subject, text, html: html || '', link, code }
}
