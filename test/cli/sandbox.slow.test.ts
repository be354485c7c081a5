import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const program = join(import.meta.dirname, '../../src/cli/gatehouse')

type Running = { child: ChildProcess; url: string; pid: number; folder: string; seconds: number }

describe('gatehouse sandbox', function () {
  this.timeout(60_000)
  let temporary: string
  before(async () => (temporary = await mkdtemp(join(tmpdir(), 'gatehouse-cli-'))))
  after(() => rm(temporary, { recursive: true, force: true }))

  /** Starts the command with the embedded database. `by` is the shell command that starts the program `$0`. */
  async function start(by = 'exec "$0" sandbox'): Promise<Running> {
    const { PATH } = process.env
    const began = performance.now()
    const env = { PATH, PORT: '0' }
    const child = spawn('/bin/sh', ['-c', by, program], { cwd: temporary, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      output += String(chunk)
      if (output.includes('Users')) break
    }
    const [, url = ''] = /^Sandbox +(\S+)$/m.exec(output) ?? []
    const [, folder = '', pid = ''] = /^Folder +(\S+-(\d+)-\w+)$/m.exec(output) ?? []
    return { child, url, pid: Number(pid), folder, seconds: (performance.now() - began) / 1000 }
  }

  async function serverOf(folder: string): Promise<number> {
    return Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  }

  const isAlive = (pid: number) =>
    stat(`/proc/${pid}`).then(
      () => true,
      () => false,
    )
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    )

  async function waitUntilGone({ folder, pid }: Running, server: number): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (!(await exists(folder)) && !(await isAlive(pid)) && !(await isAlive(server))) return
      await sleep(20)
    }
    throw new Error(`${folder}, ${pid} or ${server} is still there`)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`stops its server and removes its folder on ${signal}`, async () => {
      const sandbox = await start()
      const server = await serverOf(sandbox.folder)
      const ended = once(sandbox.child, 'exit')
      sandbox.child.kill(signal)
      assert.deepEqual(await ended, [0, null])
      await waitUntilGone(sandbox, server)
    })

  it('signs tokens with the same key at each start, and starts in seconds', async () => {
    const { child, url, seconds } = await start()
    // The kid is the thumbprint of the key.
    const keys = await (await fetch(`${url}/.well-known/jwks.json`)).text()
    assert.match(keys, /"kid":"YcausWF5djM9SLfDgOsmWyfjvJ4QDNo3xivpvbHG-vw"/)
    child.kill()
    await once(child, 'exit')
    console.log(`sandbox: ready after ${seconds.toFixed(2)} s`)
    assert.ok(seconds < 10, 'a busy machine is slower than the two seconds that docs/testing.md names')
  })

  it('stops its server and removes its folder when its parent process has ended', async () => {
    const sandbox = await start('"$0" sandbox & wait')
    const server = await serverOf(sandbox.folder)
    assert.ok(await isAlive(server))
    sandbox.child.kill('SIGKILL')
    await waitUntilGone(sandbox, server)
  })

  it('removes at the next start what a killed sandbox left', async () => {
    const killed = await start()
    const server = await serverOf(killed.folder)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    assert.ok(await isAlive(server))
    const next = await start()
    await waitUntilGone(killed, server)
    assert.ok((await readdir(next.folder)).length > 0)
    next.child.kill()
    await once(next.child, 'exit')
  })

  it('exits with 1 in production', async () => {
    const { PATH } = process.env
    const failure = promisify(execFile)(program, ['sandbox'], { cwd: temporary, env: { PATH, NODE_ENV: 'production' } })
    const stderr = 'A sandbox never runs in production: unset NODE_ENV, or run gatehouse start.\n'
    await assert.rejects(failure, { code: 1, stderr })
  })
})
