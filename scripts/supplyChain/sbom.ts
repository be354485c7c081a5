import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runTool } from '../tool.ts'
import { productionPackages, type LockFile } from './lockFile.ts'

const help = `npm run sbom

Writes .work/sbom.cdx.json, the bill of materials of a production installation on every platform (CycloneDX 1.6).
It fails unless it names exactly the packages of package-lock.json that are not for development only.

It installs @cyclonedx/cyclonedx-npm into .work/. As a dependency this would add 140 packages to every installation.`

// cyclonedx-npm validates its output only if ajv and the formats are installed.
const tools = ['@cyclonedx/cyclonedx-npm@6.0.1', 'ajv@8.20.0', 'ajv-formats@3.0.1', 'ajv-formats-draft2019@1.6.1']
const outputOptions = '--package-lock-only --omit dev --flatten-components --output-reproducible --validate'.split(' ')

type Component = { group?: string; name: string; version: string; licenses?: Licence[] }
type Licence = { expression?: string; license?: { id?: string; name?: string } }

const root = join(import.meta.dirname, '../..')
const work = join(root, '.work')
const file = join(work, 'sbom.cdx.json')
const run = promisify(execFile)

await runTool(help, {}, async () => {
  await run(await installTool(), [...outputOptions, '--output-file', file], { cwd: root })
  const { components } = JSON.parse(await readFile(file, 'utf8')) as { components: Component[] }
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const named = components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`)
  const locked = productionPackages(lock).map(({ name, version }) => `${name}@${version}`)
  for (const name of new Set(named).symmetricDifference(new Set(locked))) {
    console.error(`${name}: ${named.includes(name) ? 'not in package-lock.json' : 'missing'}`)
    process.exitCode = 1
  }
  console.log(`${file}: ${components.length} packages, ${locked.length} in package-lock.json`)
  console.log(countLicences(components))
})

/** Installs cyclonedx-npm into a folder whose name contains the version. @returns the path of the program */
async function installTool(): Promise<string> {
  const folder = join(work, 'cyclonedx-npm-6.0.1')
  const program = join(folder, 'node_modules/.bin/cyclonedx-npm')
  if (existsSync(program)) return program
  await mkdir(folder, { recursive: true })
  const options = ['--prefix', folder, '--ignore-scripts', '--omit=optional', '--no-save', '--no-package-lock']
  await run('npm', ['install', ...options, ...tools], { cwd: folder })
  return program
}

function countLicences(components: Component[]): string {
  const names = components.map(({ licenses = [] }) =>
    licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name).join(' and '),
  )
  const counts = [...Map.groupBy(names, (name) => name || 'no licence')].map(([name, own]) => `${name} ${own.length}`)
  return counts.sort().join(', ')
}
