import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../../src/problems.ts'
import { fileBackend, makeDataDir } from '../temporaryService.ts'
import type { Template } from './template.ts'
import type { Workspace } from './workspace.ts'

const startTimeout = 30_000
let databases = 0

/**
 * Starts the service of a workspace, as a process with a separate database. Its limits are on.
 * @throws StartError if the service does not start
 */
export async function startDeployment(
  { folder }: Workspace,
  template: Template,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const name = `mutated_${++databases}`
  const [databaseUrl, dataDir] = await Promise.all([template.copy(name), makeDataDir()])
  const settings = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    EMAIL_BACKEND: fileBackend,
    SECRET_KEY: randomBytes(48).toString('base64'),
    HOST_FOR_SEND_MAIL: 'http://localhost:0', // the service replaces port 0
    LIMIT_REFRESH: '10/1m',
  }
  const child = spawn(process.execPath, [join(folder, 'scripts/contractMutate/server.ts')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: join(folder, 'cache'), ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const complaint = text(child.stderr)
  const stop = async () => {
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(timer)
    await template.drop(name)
    await rm(dataDir, { recursive: true, force: true })
  }
  const printed = once(child.stdout, 'data') as Promise<[Buffer]>
  const first = await Promise.race([printed, exited, sleep(startTimeout, undefined, { ref: false })])
  const url = Buffer.isBuffer(first?.[0]) ? first[0].toString().trim() : ''
  if (url !== '') return { url, stop }
  await stop()
  throw new StartError(`The service does not start: ${lastLine(await complaint)}`)
}

function lastLine(output: string): string {
  return /^\w*Error: .*$/m.exec(output)?.[0] ?? output.trim().split('\n').at(-1) ?? ''
}
