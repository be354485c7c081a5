import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chown, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { startEmbedded } from '../../src/embedded/embedded.ts'
import {
  ask,
  assertSentence,
  daemon,
  launch,
  mountTmpfs,
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

  describe('a cluster that one process uses', () => {
    it('starts in an empty folder and answers queries', async () => {
      const db = await start(dataDir)
      const [row] = await ask(
        db.url,
        `select lower('ЖÄ') as folded, current_setting('listen_addresses') as address, current_setting('fsync') as fsync, current_user as name`,
      )
      assert.deepEqual(row, { folded: 'жä', address: '', fsync: 'off', name: 'gatehouse' })
      assert.equal(db.folder, join(dataDir, 'postgres'))
      assert.equal(db.notice, undefined)
      assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.json', 'postgres.log'])
      for (const file of ['postgres.json', 'postgres.log']) {
        assert.equal((await stat(join(dataDir, file))).mode & 0o777, 0o600)
      }
      await Promise.all([db.stop(), db.stop()])
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('writes committed data durably by default', async () => {
      const db = await startEmbedded(dataDir)
      const [row] = await ask(db.url, `select current_setting('fsync') as f, current_setting('full_page_writes') as p`)
      assert.deepEqual(row, { f: 'on', p: 'on' })
      await db.stop()
    })

    it('requires the password', async () => {
      fill()
      const db = await start(dataDir)
      const url = new URL(db.url)
      url.password = 'guess'
      await assert.rejects(ask(url.href, 'select 1'), { code: '28P01' })
      await db.stop()
    })

    it('keeps its data after a restart', async () => {
      fill()
      const first = await start(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      await first.stop()
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('can be restored from the backup that docs/operations.md describes', async () => {
      fill()
      const first = await start(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      await first.stop()
      const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8')
      const [, pack = ''] = /<!-- pack -->\s+```sh\n([\s\S]*?)```/.exec(page) ?? []
      execFileSync('bash', ['-ec', `${pack}\nrm -r data\ntar -xzf gatehouse.tar.gz`], { cwd: dirname(dataDir) })
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('does not log failed statements or their values', async () => {
      fill()
      const db = await start(dataDir)
      await assert.rejects(ask(db.url, `select 'ann@example.org'::int`))
      await db.stop()
      assert.doesNotMatch(await readFile(join(dataDir, 'postgres.log'), 'utf8'), /ann@example/)
    })
  })

  describe('an unusable folder', () => {
    it('causes an error if DATA_DIR is a file', async () => {
      await writeFile(dataDir, '')
      await assertRefused(start(dataDir), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
      await assertRefused(start(join(dataDir, 'below')), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
    })

    it('causes an error if it is empty or of another PostgreSQL version', async () => {
      await mkdir(join(dataDir, 'postgres'), { recursive: true })
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"x"}')
      if (root) await chown(join(dataDir, 'postgres'), 65534, 65534)
      await assertRefused(start(dataDir), `${dataDir}/postgres is not a PostgreSQL database`, 'restore it', 'remove it')
      await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
      await assertRefused(start(dataDir), 'made by PostgreSQL 17', 'has 18', 'dump', 'DATABASE_URL')
    })

    it('causes an error if files are missing or wrong', async () => {
      fill()
      await (await start(dataDir)).stop()
      const content = await readFile(join(dataDir, 'postgres.json'))
      await writeFile(join(dataDir, 'postgres.json'), '{}')
      await assertRefused(start(dataDir), 'postgres.json', 'restore it')
      await rm(join(dataDir, 'postgres.json'))
      await assertRefused(start(dataDir), 'postgres.json', 'is missing', 'restore it')
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"another"}')
      await assertRefused(start(dataDir), 'postgres.json is not the one of the database', 'same backup')
      assert.equal(await serverPid(dataDir), undefined)
      await writeFile(join(dataDir, 'postgres.json'), content)
      await rm(join(dataDir, 'postgres', 'global', 'pg_control'))
      await assertRefused(start(dataDir), 'did not start', 'postgres.log', 'pg_control', 'DATABASE_URL')
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is not replaced by a new cluster if a link points to a missing folder', async () => {
      await mkdir(dataDir)
      await symlink('/nowhere/at/all', join(dataDir, 'postgres'))
      await assertRefused(start(dataDir), 'points to a folder that does not exist', 'start with an empty database')
    })

    it('is refused if it is a copy of a folder whose server runs', async () => {
      fill()
      const db = await start(dataDir)
      const copy = join(dirname(dataDir), 'copy')
      execFileSync('cp', ['-a', dataDir, copy])
      await assertRefused(start(copy), 'a copy or move', `serves ${dataDir}/postgres`)
      await db.stop()
    })

    it('causes an error if it is not writable', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      const report = await launch(dataDir, {}, daemon).report
      assert.equal(report.name, 'StartError')
      assertSentence(report.message, ['No permission', dataDir, 'uid 1', 'another folder'])
    })

    it('causes an error if its file system is read-only', async function () {
      if (!root) skip(this, 'only root can do this')
      const parent = dirname(dataDir)
      if (!mountTmpfs(parent, 'ro')) skip(this, 'no file system can be mounted here')
      for (const folder of [parent, dataDir, join(dataDir, 'below')]) {
        await assertRefused(start(folder), 'read-only file system', 'give DATA_DIR a writable folder')
      }
    })

    it('causes an error if its disk is full', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      if (!mountTmpfs(dataDir, 'size=20m,mode=755')) skip(this, 'no file system can be mounted here')
      await assertRefused(start(dataDir), `The disk of ${dataDir} is full`, 'free some space')
      execFileSync('mount', ['-o', 'remount,size=80m', dataDir])
      await (await start(dataDir)).stop()
      assert.throws(() => execFileSync('dd', ['if=/dev/zero', `of=${dataDir}/filler`, 'bs=4k'], { stdio: 'ignore' }))
      await assertRefused(start(dataDir), 'disk of', 'is full', 'free some space')
      await rm(join(dataDir, 'filler'))
      await (await start(dataDir)).stop()
    })
  })
})
