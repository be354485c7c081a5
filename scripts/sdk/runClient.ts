import { spawn } from 'node:child_process'
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readMailedCode } from '../temporaryService.ts'
import { findFreePort } from '../freePort.ts'
import { findWrongAnswers } from './callApi.ts'
import type { Client } from './clients.ts'
import type { TokenSamples } from './tokens.ts'

export type Environment = {
  /** The root of the repository. */
  root: string
  work: string
  url: string
  /** The URL of a proxy that answers as a later version of the service may: see `laterValues`. */
  laterUrl: string
  dataDir: string
  makeSamples: () => TokenSamples
}

/**
 * The values in replies that the proxy replaces by values that the contract does not list, as a later version may.
 */
export const laterValues = { en: 'added-language', token_not_valid: 'added_code' }

/**
 * Generates one client, runs its example, and writes the output to a log. The example of a client then runs again
 * through the proxy that imitates a later version of the service.
 * @throws Error that contains the exit code, the lines that the example did not print, or the wrong answers of an API
 */
export async function runClient(client: Client, environment: Environment): Promise<void> {
  const { work, url, laterUrl } = environment
  await mkdir(work, { recursive: true })
  for (const name of [client.name, `${client.name}.log`]) await rm(join(work, name), { recursive: true, force: true })
  const run = { commands: client.commands, base: url, email: `${client.name}@example.com` }
  await runCommands(client, run, environment)
  if (client.kind !== 'client') return
  const commands = `cd "$CLIENT"\n${client.commands.trim().split('\n').at(-1) ?? ''}`
  const laterRun = { commands, base: laterUrl, email: `later-${run.email}`, values: laterValues }
  await runCommands(client, laterRun, environment).catch((error: unknown) => {
    throw new Error(`against a later version: ${(error as Error).message}`)
  })
}

type Run = { commands: string; base: string; email: string; values?: typeof laterValues }

async function runCommands(
  client: Client,
  { commands, base, email, values }: Run,
  { root, work, dataDir, makeSamples }: Environment,
): Promise<void> {
  const port = await findFreePort()
  const samples = makeSamples()
  const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd: work,
    env: { ...process.env, GATEHOUSE: root, CLIENT: client.name, BASE: base, EMAIL: email, PORT: `${port}` },
    detached: client.kind === 'api', // an API is stopped together with the shell that runs it
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
      if (line === `WAITING ${email}`) child.stdin.write(`${await readMailedCode(dataDir, email).catch(String)}\n`)
    }
  })
  child.stdin.on('error', () => undefined) // an example that has ended no longer reads its input
  if (client.kind === 'verifier') child.stdin.end(inputOf(samples))
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve).on('error', reject)
  })
  const isApi = client.kind === 'api'
  const wrong = isApi ? await findWrongAnswers(`http://127.0.0.1:${port}/me`, makeSamples, closed) : []
  const stopped = isApi && child.exitCode === null && child.pid !== undefined && process.kill(-child.pid)
  const code = await closed
  await Promise.all(reading)
  const logFile = join(work, `${client.name}.log`)
  await appendFile(logFile, `${log.join('\n')}\n`)
  if (code !== 0 && !stopped)
    throw new Error(`exit code ${String(code)}, see ${logFile}:\n${log.slice(-15).join('\n')}`)
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}, see ${logFile}`)
  const expected = { client: expectedLines(email, values), verifier: verdictsOn(samples), api: [] }[client.kind]
  const missing = expected.filter((line) => !printed.includes(line))
  if (missing.length > 0) throw new Error(`it did not print "${missing.join('", "')}", see ${logFile}`)
}

/** Returns the lines that the example of a verifying product reads: a name and a token each. */
function inputOf({ genuine, forged }: TokenSamples): string {
  const lines = Object.entries({ genuine, ...forged }).map((entry) => entry.join(' '))
  return `${lines.join('\n')}\n`
}

/** Returns the lines that the example of a verifying product must print. */
function verdictsOn({ userId, forged }: TokenSamples): string[] {
  return [`genuine ${userId}`, ...Object.keys(forged).map((name) => `${name} refused`)]
}

/**
 * Returns the lines that the example of every client must print. They contain values that the example can only know
 * from replies of the service.
 */
function expectedLines(email: string, values?: typeof laterValues): string[] {
  const { en: language, token_not_valid: code } = values ?? { en: 'en', token_not_valid: 'token_not_valid' }
  const signedIn = ['activated', 'signed in', 'refreshed', `me ${email} ${language}`, 'logs 1']
  return [...signedIn, `401 ${code}`, '400 invalid /email', '401 no_active_account']
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
