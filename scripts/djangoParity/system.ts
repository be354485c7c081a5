/** The two systems that are compared, each with the same operations for its tests. */
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../../src/problems.ts'

export type System = {
  name: 'django' | 'gatehouse'
  url: string
  /** The folder to which the system writes its mails. */
  mails: string
  /** Suspends a user, as an administrator does in the database. */
  suspend(email: string): Promise<void>
  /** Deletes a user. */
  remove(email: string): Promise<void>
  stop(): Promise<void>
}

/** Waits for the newest code that was mailed to an email address. @throws StartError if none arrives within 10 s */
export async function readCode({ mails }: System, email: string, not = ''): Promise<string> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const names = (await readdir(mails).catch(() => [])).sort().reverse()
    for (const name of names) {
      const text = await readFile(`${mails}/${name}`, 'utf8')
      const [, code = not] = /\?code=([\w-]+)/.exec(text) ?? []
      if (text.includes(`To: ${email}`) && code !== not) return code
    }
    await sleep(50)
  }
  throw new StartError(`No mail to ${email} arrived within 10 s.`)
}
