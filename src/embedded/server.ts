import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment, executionError } from './cluster.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import { isServing, type Postmaster, parsePostmaster, readPostmaster } from './postmaster.ts'
import { giveToOwner } from './record.ts'
import { chooseSocketFolder, removeSocketFolder, socketPort } from './socket.ts'

const settings = {
  // No TCP: while the server is down, any user of the host could listen on its port and receive the password (security 98).
  listen_addresses: '',
  port: String(socketPort),
  unix_socket_permissions: '0700',
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

/** `refused`: it ended at once, and `words` says why. */
export type Outcome = { state: 'ready'; server: Postmaster } | { state: 'refused'; words: string } | { state: 'late' }

/** Starts the server as a process that outlives us and hears no Ctrl-C. */
export async function startServer(
  place: PreparedCluster,
  extra: Record<string, string>,
  deadline: number,
): Promise<Outcome> {
  const { folder, account, binaries } = place
  const socketFolder = await chooseSocketFolder(folder, account)
  const parameters = { ...settings, unix_socket_directories: socketFolder, ...extra }
  const options = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const stale = await parsePostmaster(folder)
  const log = await openLog(place)
  const begin = (await log.stat()).size
  let over: Error | true | undefined
  const child = spawn(binaries.postgres, ['-D', folder, ...options], {
    cwd: '/',
    detached: true,
    // PostgreSQL takes a lock file for that of a running server if any process has its pid. We know that this one is not: as in
    // Patroni, the pid is named as that of a forebear, which PostgreSQL ignores.
    env: { ...environment(), ...(stale && { PG_GRANDPARENT_PID: String(stale.pid) }) },
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
    if (running && running.pid === child.pid && running.status === 'ready') return { state: 'ready', server: running }
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
  for (let urged = false; await isServing(folder, running);) {
    if (!urged && Date.now() > impatient) {
      signal(running.pid, 'SIGQUIT')
      urged = true
    }
    await sleep(10)
  }
  await removeSocketFolder(running.socketFolder, folder)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}

async function openLog({ log, dataDir }: PreparedCluster) {
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
