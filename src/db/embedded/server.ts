import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment, executionError } from './cluster.ts'
import type { Place } from './place.ts'
import { giveToOwner } from './record.ts'

/** The server as its own postmaster.pid describes it, which is truer than anything that we could note. */
export type Postmaster = { pid: number; port: number; status: string }

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '256MB',
  // A parallel query needs more of /dev/shm than a container has, and statements here touch few rows.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Only the server's own life: failed statements are the service's to log, and may hold addresses.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
}

export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return pid > 0 && (await isServer(pid)) ? { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() } : undefined
}

/** A pid may be reused or a zombie's; the command line tells, where there is a /proc. */
async function isServer(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres')).includes('postgres')
}

/** `refused`: it ended at once, and `words` says why. */
export type Outcome = { state: 'ready'; port: number } | { state: 'refused'; words: string } | { state: 'late' }

/** Starts the server as a process that outlives us and hears no Ctrl-C. */
export async function startServer(place: Place, extra: Record<string, string>, deadline: number): Promise<Outcome> {
  const { folder, account, binaries } = place
  const port = await freePort()
  const options = Object.entries({ ...settings, port: String(port), ...extra }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  const log = await openLog(place)
  const begin = (await log.stat()).size
  let over: Error | true | undefined
  const child = spawn(binaries.postgres, ['-D', folder, ...options], {
    cwd: '/',
    detached: true,
    env: environment(),
    stdio: ['ignore', log.fd, log.fd],
    ...(account && { uid: account.uid, gid: account.gid }),
  })
  child.once('error', (error) => {
    over = error
  })
  child.once('exit', () => {
    over ??= true
  })
  child.unref()
  await log.close()
  while (Date.now() < deadline) {
    if (over instanceof Error) throw executionError(binaries.postgres, over)
    if (over) return { state: 'refused', words: await readLog(place.log, begin) }
    const running = await readPostmaster(folder)
    if (running && running.pid === child.pid && running.status === 'ready')
      return { state: 'ready', port: running.port }
    await sleep(10)
  }
  return { state: 'late' }
}

/** Asks for a fast stop (SIGINT) and waits until the process is gone. */
export async function stopServer(folder: string): Promise<void> {
  const running = await readPostmaster(folder)
  if (!running) return
  signal(running.pid, 'SIGINT')
  // An immediate stop loses nothing either: the next start recovers from the log.
  const impatient = Date.now() + 20_000
  for (let urged = false; await isServer(running.pid);) {
    if (!urged && Date.now() > impatient) {
      signal(running.pid, 'SIGQUIT')
      urged = true
    }
    await sleep(10)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => {
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  return promise
}

async function openLog({ log, dataDir }: Place) {
  const { size } = await stat(log).catch(() => ({ size: 0 }))
  if (size > 1_000_000) await rename(log, `${log}.1`)
  const handle = await open(log, 'a', 0o600)
  await giveToOwner(log, dataDir)
  return handle
}

export async function readLog(log: string, begin = 0): Promise<string> {
  const bytes = await readFile(log).catch(() => Buffer.alloc(0))
  return bytes.subarray(begin).toString().trim()
}
