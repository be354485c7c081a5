import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ask,
  assertSentence,
  daemon,
  end,
  launch,
  assertRefused,
  root,
  serverPid,
  start,
  useCluster,
  useDataDir,
} from './support/embedded.ts'
import { skip } from '../support/skip.ts'

describe('the embedded database', () => {
  let dataDir: string
  useDataDir((folder) => {
    dataDir = folder
  })
  /** Copies a finished cluster to DATA_DIR, for tests that are not about its creation. */
  const fill = useCluster(() => dataDir)

  describe('a cluster that root starts', () => {
    before(function () {
      if (!root) skip(this, 'only root can do this')
    })

    describe('the system user of a cluster that root starts (security 98)', () => {
      it('is gatehouse, which owns the cluster’s files', async () => {
        const db = await start(dataDir)
        const { uid, mode } = await stat(db.folder)
        assert.match(await readFile('/etc/passwd', 'utf8'), new RegExp(`^gatehouse:x:${uid}:`, 'm'))
        assert.equal(mode & 0o777, 0o700)
        const status = await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/status`, 'utf8')
        assert.match(status, new RegExp(`^Uid:\t${uid}\t${uid}\t`, 'm'))
        assert.doesNotMatch(await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/environ`, 'utf8'), /HOME|PG/)
        await db.stop()
      })
    })

    it('is in another folder if the user gatehouse cannot enter DATA_DIR', async () => {
      const before = process.umask(0o077)
      const db = await start(dataDir).finally(() => process.umask(before))
      assert.match(db.folder, /^\/var\/lib\/gatehouse\/[0-9a-f]{12}\/postgres$/)
      assert.ok((await lstat(join(dataDir, 'postgres'))).isSymbolicLink())
      assert.match(db.notice ?? '', /kept in \/var\/lib\/gatehouse\/.* cannot enter/)
      await ask(db.url, 'create table kept as select 7 as number')
      await db.stop()
      const again = await start(dataDir)
      assert.equal(again.folder, db.folder)
      assert.deepEqual(await ask(again.url, 'select number from kept'), [{ number: 7 }])
      await again.stop()
    })

    it('causes an error if the user gatehouse can no longer enter DATA_DIR', async () => {
      fill()
      await (await start(dataDir)).stop()
      await chmod(dataDir, 0o700)
      await assertRefused(start(dataDir), 'cannot be used', `cannot enter ${dataDir}`, `chmod o+x ${dataDir}`)
    })

    it('causes an error for a normal user that says how to run the cluster', async () => {
      fill()
      await (await start(dataDir)).stop()
      const report = await launch(dataDir, {}, daemon).report
      assertSentence(report.message, [
        `${dataDir}/postgres belongs to gatehouse`,
        'daemon cannot run it',
        'chown -R daemon',
      ])
    })

    it('gets gatehouse as owner if an earlier release ran it as nobody', async () => {
      fill()
      const first = await start(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      await first.stop()
      execFileSync('chown', ['-R', 'nobody', join(dataDir, 'postgres')])
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      assert.equal((await stat(join(second.folder, 'pg_hba.conf'))).uid, (await stat(second.folder)).uid)
      assert.notEqual((await stat(second.folder)).uid, 65534)
      await second.stop()
    })

    describe('the socket of a cluster that root starts (security 98)', () => {
      it('cannot be used by other users of the host', async () => {
        fill()
        const db = await start(dataDir)
        const code = `require('net').connect(${JSON.stringify(join(db.folder, '.s.PGSQL.5432'))}).on('error', (e) => console.log(e.code)).on('connect', () => { console.log('in'); process.exit() })`
        for (const user of [daemon, { uid: 65534, gid: 65534 }]) {
          const options = { ...user, cwd: '/', encoding: 'utf8' as const }
          assert.equal(execFileSync(process.execPath, ['-e', code], options).trim(), 'EACCES')
        }
        await db.stop()
      })
    })

    it('runs as the normal user who owns it', async () => {
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const first = launch(dataDir, {}, daemon)
      await ask((await first.report).url, 'create table kept as select 7 as number')
      await end(first.child, 'SIGTERM')
      const asRoot = await start(dataDir)
      assert.equal((await stat(join(dataDir, 'postgres.json'))).uid, daemon.uid)
      await asRoot.stop()
      const report = await launch(dataDir, {}, daemon).report
      assert.deepEqual(await ask(report.url, 'select number from kept'), [{ number: 7 }])
    })
  })
})
