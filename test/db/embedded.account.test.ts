import assert from 'node:assert/strict'
import { chmod, chown, lstat, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ask,
  checkSentence,
  daemon,
  end,
  launch,
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

  describe('as root', () => {
    before(function () {
      if (!root) skip(this, 'only root can do this')
    })

    it('runs as nobody, with a cluster that is nobody’s', async () => {
      const db = await start(dataDir)
      const { uid, mode } = await stat(db.folder)
      assert.deepEqual({ uid, mode: mode & 0o777 }, { uid: 65534, mode: 0o700 })
      assert.match(await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/status`, 'utf8'), /^Uid:\t65534\t65534\t/m)
      assert.doesNotMatch(await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/environ`, 'utf8'), /HOME|PG/)
      await db.stop()
    })

    it('keeps the data elsewhere if nobody cannot enter DATA_DIR, and says so', async () => {
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

    it('says so when nobody can no longer enter it', async () => {
      fill()
      await (await start(dataDir)).stop()
      await chmod(dataDir, 0o700)
      await refused(start(dataDir), 'out of reach', `cannot enter ${dataDir}`, `chmod o+x ${dataDir}`)
    })

    it('leaves a cluster that a normal user cannot run, as that user is told', async () => {
      fill()
      await (await start(dataDir)).stop()
      const told = await launch(dataDir, {}, daemon).told
      checkSentence(told.message, [`${dataDir}/postgres belongs to nobody`, 'daemon cannot run it', 'chown -R daemon'])
    })

    it('runs a normal user’s cluster as that user, who can go on with it', async () => {
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const first = launch(dataDir, {}, daemon)
      await ask((await first.told).url, 'create table kept as select 7 as number')
      await end(first.child, 'SIGTERM')
      const asRoot = await start(dataDir)
      assert.equal((await stat(join(dataDir, 'postgres.json'))).uid, daemon.uid)
      await asRoot.stop()
      const told = await launch(dataDir, {}, daemon).told
      assert.deepEqual(await ask(told.url, 'select number from kept'), [{ number: 7 }])
    })
  })
})
