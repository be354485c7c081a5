import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseOsUser } from '../../src/embedded/osUser.ts'
import { ask, end, launch, assertRefused, serverPid, start, useCluster, useDataDir } from './support/embedded.ts'

const passwordOf = (url: string) => new URL(url).password

describe('the embedded database', () => {
  let dataDir: string
  useDataDir((folder) => {
    dataDir = folder
  })
  const fill = useCluster(() => dataDir)
  const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid')
  const readPasswords = async () =>
    JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as Record<string, string>

  describe('the Unix socket (security 98)', () => {
    it('is the only way to connect, in a folder that no other user can enter', async () => {
      fill()
      const db = await start(dataDir)
      const [row] = await ask(
        db.url,
        "select current_setting('listen_addresses') as tcp, inet_server_addr() as address",
      )
      assert.deepEqual(row, { tcp: '', address: null })
      assert.equal((await stat(db.folder)).mode & 0o777, 0o700)
      assert.equal((await stat(join(db.folder, '.s.PGSQL.5432'))).mode & 0o777, 0o700)
      const hba = await readFile(join(db.folder, 'pg_hba.conf'), 'utf8')
      const methods = hba.split('\n').flatMap((line) => (/^\w/.test(line) ? [line.trim().split(/\s+/).at(-1)] : []))
      assert.deepEqual([...new Set(methods)], ['scram-sha-256'])
      await db.stop()
    })

    it('is in a private temporary folder if the path of DATA_DIR is too long', async () => {
      const db = await start(join(dataDir, 'a'.repeat(60), 'b'.repeat(60)))
      const folder = decodeURIComponent(new URL(db.url).hostname)
      assert.ok(folder.startsWith(join(tmpdir(), 'gatehouse-socket-')), folder)
      assert.equal((await stat(folder)).mode & 0o777, 0o700)
      assert.deepEqual(await ask(db.url, 'select 1 as one'), [{ one: 1 }])
      await db.stop()
      await assert.rejects(stat(folder), { code: 'ENOENT' })
    })
  })

  describe('the password (security 98)', () => {
    it('changes at each start of a service', async () => {
      fill()
      const first = await start(dataDir)
      await first.stop()
      const second = await start(dataDir)
      assert.notEqual(passwordOf(second.url), passwordOf(first.url))
      assert.deepEqual(await readPasswords(), { password: passwordOf(second.url) })
      await assert.rejects(ask(second.url.replace(passwordOf(second.url), passwordOf(first.url)), 'select 1'), {
        code: '28P01',
      })
      await second.stop()
    })

    it('stays the same if a command restarts PostgreSQL while the service runs', async () => {
      fill()
      const service = await start(dataDir)
      process.kill((await serverPid(dataDir)) ?? assert.fail('no server'), 'SIGKILL')
      const command = await start(dataDir, { role: 'command' })
      assert.equal(command.url, service.url)
      await command.stop()
      await service.stop()
    })

    for (const state of ['before', 'after'] as const)
      it(`lets the service start again after a crash ${state} PostgreSQL changed it`, async () => {
        fill()
        const db = await start(dataDir)
        await db.stop()
        const password = passwordOf(db.url)
        const both =
          state === 'before' ? { password, nextPassword: 'next' } : { password: 'former', nextPassword: password }
        await writeFile(join(dataDir, 'postgres.json'), JSON.stringify(both))
        const again = await start(dataDir)
        assert.deepEqual(await ask(again.url, 'select 1 as one'), [{ one: 1 }])
        assert.deepEqual(await readPasswords(), { password: passwordOf(again.url) })
        await again.stop()
      })
  })

  describe('the file postmaster.pid that a crash leaves', () => {
    const leavePidFile = async (pid: number) => {
      fill()
      const { child, report } = launch(dataDir)
      await report
      const text = await readFile(pidFile(), 'utf8')
      const server = (await serverPid(dataDir)) ?? assert.fail('no server')
      await end(child, 'SIGKILL')
      process.kill(server, 'SIGKILL')
      while ((await serverPid(dataDir)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10))
      await writeFile(pidFile(), text.replace(/^\d+/, String(pid)))
    }
    const startsAndStops = async () => {
      const db = await start(dataDir)
      assert.deepEqual(await ask(db.url, 'select 1 as one'), [{ one: 1 }])
      await db.stop()
    }
    /** Starts a process as the user that runs PostgreSQL, which ignores the pids of other users when it starts. */
    const sleeper = async (argv0 = 'sleep') => {
      const account = await chooseOsUser(undefined)
      const user = account ? { uid: account.uid, gid: account.gid } : {}
      const child = spawn('/bin/sleep', ['100'], { argv0, stdio: 'ignore', ...user })
      await once(child, 'spawn')
      return child
    }

    for (const name of ['sleep', 'postgres: checkpointer ', '/usr/bin/tail postgres.log'])
      it(`does not prevent a start if its pid now belongs to ${name.trim()}`, async () => {
        const child = await sleeper(name)
        await leavePidFile(child.pid ?? 0)
        await startsAndStops()
        assert.equal(child.exitCode, null)
        child.kill()
      })

    it('does not prevent a start if its pid belongs to another server', async () => {
      const other = join(dataDir, '..', 'copy')
      fill()
      execFileSync('cp', ['-a', dataDir, other])
      const running = await start(other)
      const pid = Number((await readFile(join(other, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
      await copyFile(join(other, 'postgres', 'postmaster.pid'), pidFile())
      await writeFile(pidFile(), (await readFile(pidFile(), 'utf8')).replace(/^(\d+\n.*\n)\d+/, '$11'))
      await startsAndStops()
      process.kill(pid, 0)
      await running.stop()
    })
  })

  it('refuses to join a running server that an earlier release started on TCP', async () => {
    fill()
    const db = await start(dataDir)
    const text = await readFile(pidFile(), 'utf8')
    const [pid = ''] = text.split('\n')
    await writeFile(pidFile(), text.split('\n').with(4, '').with(5, '127.0.0.1').join('\n'))
    await assertRefused(start(dataDir), 'was started by an earlier release', 'stop that Gatehouse', `kill -INT ${pid}`)
    await writeFile(pidFile(), text)
    await db.stop()
  })

  describe('the folder after a stop (security 98)', () => {
    it('contains no socket and no postmaster.pid', async () => {
      fill()
      await (await start(dataDir)).stop()
      const left = await readdir(join(dataDir, 'postgres'))
      assert.deepEqual(
        left.filter((name) => name.startsWith('.s.PGSQL') || name === 'postmaster.pid'),
        [],
      )
    })
  })
})
