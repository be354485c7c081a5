import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lockedPackages, productionPackages, type LockFile } from '../../scripts/supplyChain/lockFile.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const run = promisify(execFile)

type Versions = Record<string, string>
type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Versions> & {
  allowScripts: Record<string, boolean>
}
const manifest = JSON.parse(read('package.json')) as Manifest
const { dependencies, devDependencies, optionalDependencies } = manifest
const versions: Versions = { ...dependencies, ...devDependencies, ...optionalDependencies }
const lock = JSON.parse(read('package-lock.json')) as LockFile
const locked = lockedPackages(lock)

// Permissive licences without conditions on the code that is shipped with them.
const licences = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0']
const acceptedLicences = [
  'argparse Python-2.0', // Python's permissive licence: argparse was ported from Python
  'argparse PSF-2.0', // the same, for a newer version
  'type-fest (MIT OR CC0-1.0)', // used under MIT
  '@zone-eu/mailsplit (MIT OR EUPL-1.1+)', // used under MIT
]

describe('the supply chain', () => {
  it('has an exact version of every package', () => {
    assert.ok(Object.keys(versions).length > 40)
    const loose = Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    assert.deepEqual(loose, [])
  })

  it('has a lock file with a hash of every package, without registry URLs', () => {
    assert.ok(locked.length > 500)
    const insecure = locked.filter(
      ({ integrity = '', resolved, link }) =>
        !/^sha512-[\w+/]{86}==$/.test(integrity) || resolved !== undefined || link,
    )
    assert.deepEqual(insecure, [])
    assert.doesNotMatch(read('package-lock.json'), /"(resolved|version)": "[^"]*[:/]/)
  })

  it('denies the install script of each package that has one', () => {
    const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    assert.deepEqual(manifest.allowScripts, Object.fromEntries(scripted.map((name) => [name, false])))
  })

  it('ships only packages with an accepted licence', () => {
    const odd = productionPackages(lock).filter(({ license = 'none' }) => !licences.includes(license))
    assert.deepEqual(odd.map(({ name, license = 'none' }) => `${name} ${license}`).sort(), acceptedLicences.sort())
  })

  it('has each of its packages, and no other, in the list of ARCHITECTURE.md', () => {
    const [, section = ''] = /\n## Packages\n\n([\s\S]*)$/.exec(read('ARCHITECTURE.md')) ?? []
    const list = section.slice(section.indexOf('\n- '))
    const named = [...list.matchAll(/`([@\w/.-]+)(?<!\.md)`/g)].map(([, name = '']) => name)
    const those = Object.keys(versions).filter((name) => !name.startsWith('@types/'))
    assert.deepEqual(named.sort(), those.sort())
  })

  describe('npm', () => {
    let folder: string
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-supply-'))
      await mkdir(join(folder, 'package'))
      const scripts = { preinstall: 'touch ran', install: 'touch ran', postinstall: 'touch ran' }
      const scripted = { name: 'scripted', version: '1.0.0', scripts }
      await writeFile(join(folder, 'package/package.json'), JSON.stringify(scripted))
      await run('tar', ['czf', 'scripted.tgz', 'package'], { cwd: folder })
    })
    after(() => rm(folder, { recursive: true, force: true }))

    /** Installs a package that has install scripts, with our .npmrc. @returns whether a script ran */
    async function runsScripts(...options: string[]): Promise<boolean> {
      const project = await mkdtemp(join(folder, 'project-'))
      await copyFile(join(root, '.npmrc'), join(project, '.npmrc'))
      const allowScripts = { scripted: true, 'file:../scripted.tgz': true }
      const own = { name: 'own', dependencies: { scripted: 'file:../scripted.tgz' }, allowScripts }
      await writeFile(join(project, 'package.json'), JSON.stringify(own))
      await run('npm', ['install', '--offline', ...options], { cwd: project, env: { PATH: process.env['PATH'] } })
      assert.ok(existsSync(join(project, 'node_modules/scripted/package.json')))
      return existsSync(join(project, 'node_modules/scripted/ran'))
    }

    it('runs our scripts with the Node of node_modules, without a link to it', async () => {
      const env = { PATH: '/bin', npm_config_script_shell: './src/cli/shell' }
      const { stdout } = await run(join(root, 'src/cli/shell'), ['-c', 'node -v; env'], { cwd: root, env })
      const nodes = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-'))
      assert.deepEqual([...new Set(nodes.map(([, version]) => version))], [stdout.split('\n')[0]?.slice(1)])
      assert.doesNotMatch(stdout, /script_shell/)
      assert.match(read('.npmrc'), /^script-shell=\.\/src\/cli\/shell$/m)
    })

    it('runs no install script of a package by default', async () => {
      assert.equal(await runsScripts(), false)
      assert.equal(await runsScripts('--ignore-scripts=false', '--script-shell=/bin/sh'), true)
    })
  })
})
