import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { productionPackages, type LockFile } from './lockFile.ts'

const help = `npm run sbom

Writes .work/sbom.cdx.json, the bill of materials of what production installs (CycloneDX 1.6), for every platform.
Fails unless it names exactly the packages of package-lock.json that are not for development alone.

@cyclonedx/cyclonedx-npm is installed into .work/ for it: as a dependency it would bring every installation 140 packages.`

// ajv and its formats validate what it writes; without them it skips that.
const tools = ['@cyclonedx/cyclonedx-npm@6.0.1', 'ajv@8.20.0', 'ajv-formats@3.0.1', 'ajv-formats-draft2019@1.6.1']

type Component = { group?: string; name: string; version: string; licenses?: Licence[] }
type Licence = { expression?: string; license?: { id?: string; name?: string } }

const root = join(import.meta.dirname, '../..')
const work = join(root, '.work')
const file = join(work, 'sbom.cdx.json')
const run = promisify(execFile)

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else await write()

async function write(): Promise<void> {
  const options = [
    '--package-lock-only',
    '--omit',
    'dev',
    '--flatten-components',
    '--output-reproducible',
    '--validate',
  ]
  await run(await installTool(), [...options, '--output-file', file], { cwd: root })
  const { components } = JSON.parse(await readFile(file, 'utf8')) as { components: Component[] }
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const named = components.map(
    ({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`,
  )
  const locked = productionPackages(lock).map(({ name, version }) => `${name}@${version}`)
  for (const name of new Set(named).symmetricDifference(new Set(locked))) {
    console.error(`${name}: ${named.includes(name) ? 'not in package-lock.json' : 'missing'}`)
    process.exitCode = 1
  }
  console.log(
    `${file}: ${components.length} packages, ${locked.length} in package-lock.json\n${licencesOf(components)}`,
  )
}

/** @returns the program, in a folder by its version */
async function installTool(): Promise<string> {
  const folder = join(work, 'cyclonedx-npm-6.0.1')
  const program = join(folder, 'node_modules/.bin/cyclonedx-npm')
  if (existsSync(program)) return program
  await mkdir(folder, { recursive: true })
  const options = ['--prefix', folder, '--ignore-scripts', '--omit=optional', '--no-save', '--no-package-lock']
  await run('npm', ['install', ...options, ...tools], { cwd: folder })
  return program
}

function licencesOf(components: Component[]): string {
  const names = components.map(({ licenses = [] }) =>
    licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name).join(' and '),
  )
  const counts = [...Map.groupBy(names, (name) => name || 'no licence')].map(
    ([name, { length }]) => `${name} ${length}`,
  )
  return counts.sort().join(', ')
}
