import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chown, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { startEmbedded } from '../../src/embedded/embedded.ts'
import {
  ask,
  checkSentence,
  daemon,
  launch,
  mountTmpfs,
  refused,
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
  /** Where the making of the cluster is not what is tested. */
  const fill = useCluster(() => dataDir)

  describe('on its own', () => {
    it('starts on an empty folder and answers', async () => {
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

    it('writes safely unless told otherwise', async () => {
      const db = await startEmbedded(dataDir)
      const [row] = await ask(db.url, `select current_setting('fsync') as f, current_setting('full_page_writes') as p`)
      assert.deepEqual(row, { f: 'on', p: 'on' })
      await db.stop()
    })

    it('lets nobody in without the password', async () => {
      fill()
      const db = await start(dataDir)
      const url = new URL(db.url)
      url.password = 'guess'
      await assert.rejects(ask(url.href, 'select 1'), { code: '28P01' })
      await db.stop()
    })

    it('keeps its data over a restart', async () => {
      fill()
      const first = await start(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      await first.stop()
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('comes back from what docs/operations.md packs while it is stopped', async () => {
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

    it('keeps failed statements and their values out of its log', async () => {
      fill()
      const db = await start(dataDir)
      await assert.rejects(ask(db.url, `select 'ann@example.org'::int`))
      await db.stop()
      assert.doesNotMatch(await readFile(join(dataDir, 'postgres.log'), 'utf8'), /ann@example/)
    })
  })

  describe('in a folder that will not do', () => {
    it('says that DATA_DIR is a file', async () => {
      await writeFile(dataDir, '')
      await refused(start(dataDir), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
      await refused(start(join(dataDir, 'below')), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
    })

    it('says that the folder of the cluster is empty, or another’s', async () => {
      await mkdir(join(dataDir, 'postgres'), { recursive: true })
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"x"}')
      if (root) await chown(join(dataDir, 'postgres'), 65534, 65534)
      await refused(start(dataDir), `${dataDir}/postgres is not a PostgreSQL database`, 'restore it', 'remove it')
      await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
      await refused(start(dataDir), 'made by PostgreSQL 17', 'brings 18', 'dump', 'DATABASE_URL')
    })

    it('says what is missing of a damaged one', async () => {
      fill()
      await (await start(dataDir)).stop()
      const record = await readFile(join(dataDir, 'postgres.json'))
      await writeFile(join(dataDir, 'postgres.json'), '{}')
      await refused(start(dataDir), 'postgres.json', 'restore it')
      await rm(join(dataDir, 'postgres.json'))
      await refused(start(dataDir), 'postgres.json', 'is missing', 'restore it')
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"another"}')
      await refused(start(dataDir), 'postgres.json does not fit', 'same backup')
      assert.equal(await serverPid(dataDir), undefined)
      await writeFile(join(dataDir, 'postgres.json'), record)
      await rm(join(dataDir, 'postgres', 'global', 'pg_control'))
      await refused(start(dataDir), 'did not start', 'postgres.log', 'pg_control', 'DATABASE_URL')
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('begins no new cluster where a link leads nowhere', async () => {
      await mkdir(dataDir)
      await symlink('/nowhere/at/all', join(dataDir, 'postgres'))
      await refused(start(dataDir), 'points to a folder that is gone', 'begin anew')
    })

    it('does not take the server of another folder for its own', async () => {
      fill()
      const db = await start(dataDir)
      const copy = join(dirname(dataDir), 'copy')
      execFileSync('cp', ['-a', dataDir, copy])
      await refused(start(copy), 'a copy or move', `serves ${dataDir}/postgres`)
      await db.stop()
    })

    it('says that the folder may not be written', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      const told = await launch(dataDir, {}, daemon).told
      assert.equal(told.name, 'StartError')
      checkSentence(told.message, ['No permission', dataDir, 'uid 1', 'another folder'])
    })

    it('says that the file system is read-only', async function () {
      if (!root) skip(this, 'only root can do this')
      const above = dirname(dataDir)
      if (!mountTmpfs(above, 'ro')) skip(this, 'no file system can be mounted here')
      for (const folder of [above, dataDir, join(dataDir, 'below')]) {
        await refused(start(folder), 'read-only file system', 'give DATA_DIR a writable folder')
      }
    })

    it('says that the disk is full', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      if (!mountTmpfs(dataDir, 'size=20m,mode=755')) skip(this, 'no file system can be mounted here')
      await refused(start(dataDir), `The disk of ${dataDir} is full`, 'free some space')
      execFileSync('mount', ['-o', 'remount,size=80m', dataDir])
      await (await start(dataDir)).stop()
      assert.throws(() => execFileSync('dd', ['if=/dev/zero', `of=${dataDir}/filler`, 'bs=4k'], { stdio: 'ignore' }))
      await refused(start(dataDir), 'disk of', 'is full', 'free some space')
      await rm(join(dataDir, 'filler'))
      await (await start(dataDir)).stop()
    })
  })
})
