import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './page.ts'
import type { Verification } from './tokens.ts'

export type Surroundings = {
  root: string
  work: string
  url: string
  outbox: string
  before: string
  verification: Verification
}

/** Generates one client and runs its example, into a log beside it. @throws Error that says what was missing */
export async function runClient(client: Client, surroundings: Surroundings): Promise<void> {
  const { root, work, url, outbox, before, verification } = surroundings
  const email = `${client.name}@example.com`
  await mkdir(work, { recursive: true })
  await rm(join(work, client.name), { recursive: true, force: true })
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `${before}${client.commands}`], {
    cwd: work,
    env: { ...process.env, GATEHOUSE: root, CLIENT: client.name, BASE: url, EMAIL: email },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 600_000,
  })
  const lines: string[] = []
  const log: string[] = []
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const line of createInterface({ input: stream })) {
      log.push(line)
      if (stream === child.stdout) lines.push(line)
      if (line === `WAITING ${email}`) child.stdin.write(`${await readCode(outbox, email)}\n`)
    }
  })
  child.stdin.on('error', () => undefined) // an example that has died reads no code
  if (client.verifies) child.stdin.end(verification.input)
  const code = await new Promise((resolve, reject) => {
    child.on('close', resolve).on('error', reject)
  })
  await Promise.all(reading)
  const file = join(work, `${client.name}.log`)
  await writeFile(file, `${log.join('\n')}\n`)
  if (code !== 0) throw new Error(`exit code ${String(code)}, see ${file}:\n${log.slice(-15).join('\n')}`)
  const expected = client.verifies ? verification.verdicts : stepsOf(email)
  const missing = expected.filter((step) => !lines.includes(step))
  if (missing.length > 0) throw new Error(`it did not print "${missing.join('", "')}", see ${file}`)
}

/** What the example of every client prints, from what its client has read. */
function stepsOf(email: string): string[] {
  const signedIn = ['activated', 'signed in', 'refreshed', `me ${email} en`, 'logs 1']
  return [...signedIn, '401 token_not_valid', '400 invalid /email', '401 no_active_account']
}

async function readCode(outbox: string, email: string): Promise<string> {
  const until = Date.now() + 30_000
  while (Date.now() < until) {
    const names = await readdir(outbox).catch(() => [])
    for (const name of names.filter((name) => name.endsWith('.eml'))) {
      const mail = await readFile(join(outbox, name), 'utf8')
      const [, code] = /activate\S*[?&]code=([\w-]+)/.exec(mail) ?? []
      if (code !== undefined && mail.includes(`To: ${email}`)) return code
    }
    await sleep(50)
  }
  return `no mail to ${email} within 30 s` // which the service will refuse, and the log will show
}

/** The lines of generated code, without its tests, documents and build. */
export async function countLines(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sources = names.filter(
    (name) => /\.(ts|py|go|java|rs|kt|php|rb)$/.test(name) && !/(^|\/)(test|tests|spec|target|docs)\//.test(name),
  )
  const texts = await Promise.all(sources.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.reduce((lines, text) => lines + text.split('\n').length - 1, 0)
}
