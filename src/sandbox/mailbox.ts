import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { simpleParser } from 'mailparser'

/** `link` and `code` are null in a mail without a link. */
export type SandboxMail = {
  to: string
  subject: string
  text: string
  html: string
  link: string | null
  code: string | null
}

/** The mails that the service wrote to the outbox folder of its DATA_DIR. */
export class Mailbox {
  readonly #folder: string
  readonly #countQueued: () => Promise<number>
  readonly #read = new Map<string, SandboxMail>()

  /** @param countQueued returns the number of mails that are not yet in the folder */
  constructor(dataDir: string, countQueued: () => Promise<number>) {
    this.#folder = join(dataDir, 'outbox')
    this.#countQueued = countQueued
  }

  /**
   * Finds the newest mail to an address. It first waits until no mail is queued, so that the mails of all answered
   * requests are in the folder. Then it waits for a mail to arrive.
   * @param limit the longest wait, in seconds
   * @returns undefined if no mail arrives in time
   */
  async findNewest(address: string, limit: number): Promise<SandboxMail | undefined> {
    const deadline = performance.now() + limit * 1000
    for (;;) {
      const isLate = performance.now() >= deadline
      if ((await this.#countQueued()) === 0 || isLate) {
        const mail = await this.#findNow(address)
        if (mail || isLate) return mail
      }
      await sleep(20)
    }
  }

  async clear(): Promise<void> {
    this.#read.clear()
    for (const name of await this.#listNames()) await rm(join(this.#folder, name), { force: true })
  }

  async #findNow(address: string): Promise<SandboxMail | undefined> {
    for (const name of (await this.#listNames()).sort().reverse()) {
      const mail = this.#read.get(name) ?? (await readMail(join(this.#folder, name)))
      this.#read.set(name, mail)
      if (mail.to.toLowerCase() === address.toLowerCase()) return mail
    }
    return undefined
  }

  async #listNames(): Promise<string[]> {
    return (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  }
}

/** Reads a mail of the outbox, with the link and the code in it. */
export async function readMail(file: string): Promise<SandboxMail> {
  const options = { skipTextToHtml: true } // that HTML is not used, and takes most of the time
  const { to, subject = '', text = '', html } = await simpleParser(await readFile(file), options)
  const recipient = (Array.isArray(to) ? to[0] : to)?.value[0]?.address ?? ''
  const link = /https?:\/\/\S+[?&]code=\S+/.exec(text)?.[0] ?? null
  const code = link === null ? null : new URL(link).searchParams.get('code')
  return { to: recipient, subject, text, html: html || '', link, code }
}
