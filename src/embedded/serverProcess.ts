import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment, executionError } from './createCluster.ts'
import type { PreparedCluster } from './prepareCluster.ts'
import { isRunning, type ServerProcess, readPidFile, findRunningServer } from './pidFile.ts'
import { chownToDataDirOwner } from './passwordFile.ts'
import { chooseSocketFolder, removeSocketFolder, socketPort } from './socketFolder.ts'

const settings = {
  // The server does not listen on TCP. Otherwise any user of the host could listen on the server's port while the
  // server is stopped, and would receive the password (security 98).
  listen_addresses: '',
  port: String(socketPort),
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '64MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '256MB',
  // Parallel queries are off, because they need more of /dev/shm than containers have. Gatehouse's statements read
  // too few rows to gain from them.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The server logs only its own start, stop and crashes. The server does not log failed statements, because they may
  // contain email addresses. The service itself logs failures.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
}

/**
 * The result of an attempt to start the server. `output` has the lines that a server wrote to its log before it
 * exited.
 */
export type StartResult =
  { state: 'ready'; server: ServerProcess } | { state: 'exited'; output: string } | { state: 'timed out' }

/** Starts the server as a process that keeps running when this process ends, and that does not receive Ctrl-C. */
export async function startServer(
  cluster: PreparedCluster,
  extra: Record<string, string>,
  deadline: number,
): Promise<StartResult> {
  const { folder, account, binaries } = cluster
  const socketFolder = await chooseSocketFolder(folder, account)
  const parameters = { ...settings, unix_socket_directories: socketFolder, ...extra }
  const options = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const stale = await readPidFile(folder)
  const log = await openLog(cluster)
  const begin = (await log.stat()).size
  let ended: Error | true | undefined
  const child = spawn(binaries.postgres, ['-D', folder, ...options], {
    cwd: '/',
    detached: true,
    // PostgreSQL refuses to start when any process has the pid that is in postmaster.pid. At this point no server is
    // running, so the file is stale. PostgreSQL ignores the pid of its grandparent, so the stale pid is passed as the
    // grandparent's. Patroni does the same.
    env: { ...environment(), ...(stale && { PG_GRANDPARENT_PID: String(stale.pid) }) },
    stdio: ['ignore', log.fd, log.fd],
    ...(account && { uid: account.uid, gid: account.gid }),
  })
  child.once('error', (error) => {
    ended = error
  })
  child.once('exit', () => {
    ended ??= true
  })
  child.unref()
  await log.close()
  while (Date.now() < deadline) {
    if (ended instanceof Error) throw executionError(binaries.postgres, ended)
    if (ended) return { state: 'exited', output: await readLog(cluster.log, begin) }
    const running = await findRunningServer(folder)
    if (running && running.pid === child.pid && running.status === 'ready') return { state: 'ready', server: running }
    await sleep(10)
  }
  return { state: 'timed out' }
}

/** Requests a fast shutdown of the server (SIGINT) and waits until its process has ended. */
export async function stopServer(folder: string): Promise<void> {
  const running = await findRunningServer(folder)
  if (!running) return
  sendSignal(running.pid, 'SIGINT')
  // After 20 s an immediate shutdown is requested. An immediate shutdown loses no data, because the next start
  // recovers the data from the write-ahead log.
  const fastDeadline = Date.now() + 20_000
  for (let isImmediate = false; await isRunning(folder, running);) {
    if (!isImmediate && Date.now() > fastDeadline) {
      sendSignal(running.pid, 'SIGQUIT')
      isImmediate = true
    }
    await sleep(10)
  }
  await removeSocketFolder(running.socketFolder, folder)
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has ended.
  }
}

async function openLog({ log, dataDir }: PreparedCluster) {
  const { size } = await stat(log).catch(() => ({ size: 0 }))
  if (size > 1_000_000) await rename(log, `${log}.1`)
  const handle = await open(log, 'a', 0o600)
  await chownToDataDirOwner(log, dataDir)
  return handle
}

export async function readLog(log: string, begin = 0): Promise<string> {
  const bytes = await readFile(log).catch(() => Buffer.alloc(0))
  return bytes.subarray(begin).toString().trim()
}
