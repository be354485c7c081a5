import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { type EmbeddedOptions, startEmbedded } from '../../../src/embedded/embedded.ts'
import { StartError } from '../../../src/problems.ts'
import { scratch } from '../../support/scratch.ts'

export const root = process.getuid?.() === 0
export const main = join(import.meta.dirname, '..', '..', '..')
const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
/** A normal user with an entry in /etc/passwd, other than the one as which root runs PostgreSQL. */
export const daemon = { uid: 1, gid: 1 }

const folders: string[] = []
const children: ChildProcess[] = []
const mounts: string[] = []

async function makeFolder(parent: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(parent, 'gatehouse-embedded-')))
  // mkdtemp makes the folder with mode 0700, but PostgreSQL, which root runs as another user, must enter it.
  await chmod(folder, 0o755)
  folders.push(folder)
  return folder
}

/** Starts the embedded database in this process. */
export const start = (dataDir: string, options: EmbeddedOptions = {}) =>
  startEmbedded(dataDir, { parameters: quick, ...options })

type Report = { url: string; folder: string; notice?: string; name?: string; message?: string }

/** Starts the embedded database in another process, which has its own process group as in a terminal. */
export function launch(
  dataDir: string,
  options: EmbeddedOptions = {},
  extra: { uid?: number; gid?: number; home?: string } = {},
) {
  const { home = main, ...user } = extra
  const code = `
    import { startEmbedded } from '${pathToFileURL(join(home, 'src/embedded/embedded.ts')).href}'
    try {
      const db = await startEmbedded(process.argv[1], JSON.parse(process.argv[2]))
      console.log(JSON.stringify(db))
      process.on('SIGTERM', () => db.stop().then(() => process.exit()))
    } catch (error) {
      console.log(JSON.stringify({ name: error.constructor.name, message: error.message }))
    }`
  const args = ['--input-type=module', '-e', code, dataDir, JSON.stringify({ parameters: quick, ...options })]
  const child = spawn(process.execPath, args, {
    cwd: '/',
    // The files have another path in each run, so no other run could use their entries in the compile cache.
    ...(home !== main && { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } }),
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  })
  children.push(child)
  const report = (async () => {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) return JSON.parse(chunk.toString()) as Report
    throw new Error('the process printed nothing')
  })()
  return { child, report }
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  // SIGKILL goes to the whole group, as when a terminal is closed.
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal)
  await gone
}

export async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** Returns the pid of the server, undefined when it is not running. */
export async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  const line = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  return line.includes('postgres') ? pid : undefined
}

export async function assertRefused(started: Promise<unknown>, ...phrases: string[]): Promise<void> {
  const error: unknown = await started.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StartError, `a StartError, not ${String(error)}`)
  assertSentence(error.message, phrases)
}

/** Asserts that a message is one line that contains some phrases. */
export function assertSentence(message: string | undefined, phrases: string[]): void {
  assert.ok(message)
  for (const phrase of phrases) {
    assert.ok(message.includes(phrase), `no ‘${phrase}’ in: ${message}`)
  }
  assert.doesNotMatch(message, /\n/)
}

async function cleanUp(): Promise<void> {
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
  for (const folder of folders) {
    for (const dataDir of [folder, join(folder, 'data'), join(folder, 'copy')]) {
      const pid = await serverPid(dataDir)
      if (pid !== undefined) process.kill(pid, 'SIGQUIT')
      while ((await serverPid(dataDir)) !== undefined) await sleep(10)
      const real = await realpath(join(dataDir, 'postgres')).catch(() => '')
      if (real.startsWith('/var/lib/gatehouse/')) await rm(dirname(real), { recursive: true, force: true })
    }
  }
  // Unmounts lazily, because a process of the server may still be ending.
  for (const mount of mounts.splice(0)) execFileSync('umount', ['-l', mount])
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}

export function mountTmpfs(folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    mounts.push(folder)
    return true
  } catch {
    console.log('      (no tmpfs can be mounted here)')
    return false
  }
}

/** Gives each test of a describe its own DATA_DIR, which does not exist yet. */
export function useDataDir(give: (dataDir: string) => void, parent = scratch): void {
  beforeEach(async () => {
    give(join(await makeFolder(parent), 'data'))
  })
  afterEach(cleanUp)
}

/** Makes one cluster for all tests of a describe. @returns a function that copies it to the DATA_DIR of a test */
export function useCluster(dataDir: () => string): () => void {
  let filled: string
  before(async () => {
    filled = join(await makeFolder(scratch), 'data')
    folders.pop() // keeps this folder, because cleanUp runs after each test and all tests use it
    await (await start(filled)).stop()
  })
  after(() => rm(dirname(filled), { recursive: true, force: true }))
  return () => {
    execFileSync('cp', ['-a', filled, dataDir()])
  }
}
