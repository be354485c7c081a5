import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readMailedCode } from '../temporaryService.ts'
import type { Client } from './clients.ts'
import type { TokenSamples } from './tokens.ts'

export type Environment = {
  /** The root of the repository. */
  root: string
  work: string
  url: string
  dataDir: string
  setup: string
  samples: TokenSamples
}

/**
 * Generates one client, runs its example, and writes the output to a log.
 * @throws Error that contains the exit code, or the lines that the example did not print
 */
export async function runClient(
  client: Client,
  { root, work, setup, samples, ...service }: Environment,
): Promise<void> {
  const email = `${client.name}@example.com`
  await mkdir(work, { recursive: true })
  await rm(join(work, client.name), { recursive: true, force: true })
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `${setup}${client.commands}`], {
    cwd: work,
    env: { ...process.env, GATEHOUSE: root, CLIENT: client.name, BASE: service.url, EMAIL: email },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 600_000,
  })
  const printed: string[] = []
  const log: string[] = []
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const line of createInterface({ input: stream })) {
      log.push(line)
      if (stream === child.stdout) printed.push(line)
      // After this line, the example reads the code of its activation mail from its standard input.
      if (line === `WAITING ${email}`)
        child.stdin.write(`${await readMailedCode(service.dataDir, email).catch(String)}\n`)
    }
  })
  child.stdin.on('error', () => undefined) // an example that has ended no longer reads its input
  if (client.verifies) child.stdin.end(samples.input)
  const code = await new Promise((resolve, reject) => {
    child.on('close', resolve).on('error', reject)
  })
  await Promise.all(reading)
  const logFile = join(work, `${client.name}.log`)
  await writeFile(logFile, `${log.join('\n')}\n`)
  if (code !== 0) throw new Error(`exit code ${String(code)}, see ${logFile}:\n${log.slice(-15).join('\n')}`)
  const expected = client.verifies ? samples.verdicts : expectedLines(email)
  const missing = expected.filter((line) => !printed.includes(line))
  if (missing.length > 0) throw new Error(`it did not print "${missing.join('", "')}", see ${logFile}`)
}

/**
 * Returns the lines that the example of every client must print. They contain values that the example can only know
 * from replies of the service.
 */
function expectedLines(email: string): string[] {
  const signedIn = ['activated', 'signed in', 'refreshed', `me ${email} en`, 'logs 1']
  return [...signedIn, '401 token_not_valid', '400 invalid /email', '401 no_active_account']
}

/** Counts the lines of generated code in a folder, without tests, documents and build output. */
export async function countLines(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sources = names.filter(
    (name) => /\.(ts|py|go|java|rs|kt|php|rb)$/.test(name) && !/(^|\/)(test|tests|spec|target|docs)\//.test(name),
  )
  const texts = await Promise.all(sources.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.reduce((lines, text) => lines + text.split('\n').length - 1, 0)
}
