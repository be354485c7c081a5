import { copyFile, readdir, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { StartError } from '../src/problems.ts'
import { printError } from '../src/cli/printError.ts'
import {
  changesOfDocumentation,
  changesUnjudged,
  differences,
  ofHeaderValue,
  type Change,
} from './contractDiff/changes.ts'
import { findOasdiff, judgeByOasdiff, oasdiffVersion } from './contractDiff/oasdiff.ts'
import { compareVersions, faultsOfVersion, isVersion } from './contractDiff/version.ts'

const help = `npm run contract:diff [-- --without-oasdiff | --prepare]
npm run contract:release

contract:diff compares openapi.yaml with the last released description, the highest contract/<version>.yaml, labels each
change, and fails unless info.version and CHANGELOG.md say so. Breaking changes raise the major version, before 1.0.0 the
minor one; other changes the minor one, before 1.0.0 the patch at least; documentation may change at any version.
contract:release does the same, then keeps openapi.yaml as contract/<info.version>.yaml.

The judge is oasdiff ${oasdiffVersion}: built once by Go into node_modules/.cache, or where the variable OASDIFF says.
  --without-oasdiff  needs no Go: whatever is more than documentation counts as breaking
  --prepare          builds oasdiff even if nothing has to be judged, and fails where it cannot: for CI, as the tests use it
Exit code: 0 the version says it, 1 it does not, 2 nothing could be compared.`

type Description = { info: { version: string } }

try {
  const { values } = parseArgs({
    options: {
      release: { type: 'boolean' },
      prepare: { type: 'boolean' },
      'without-oasdiff': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) console.log(help)
  else {
    if (values.prepare && (await findOasdiff({ build: true })) === undefined)
      throw new StartError('oasdiff cannot be built: install Go, or set OASDIFF to the program.')
    await run(values.release ?? false, values['without-oasdiff'] ?? false)
  }
} catch (error) {
  printError(error)
  process.exitCode = 2
}

async function run(release: boolean, withoutOasdiff: boolean): Promise<void> {
  const current = await describe('openapi.yaml')
  const version = current.info.version
  const released = await lastReleased()
  const changes = await judge(`contract/${released}.yaml`, current, withoutOasdiff)
  report(changes)
  const faults = faultsOfVersion(version, released, changes, {
    changelog: await read('CHANGELOG.md'),
    packageVersion: (JSON.parse(await read('package.json')) as { version: string }).version,
  })
  if (release && version === released && changes.length > 0) faults.push(`${version} is released: raise the version.`)
  for (const fault of faults) console.log(fault)
  if (faults.length > 0) process.exitCode = 1
  else if (release) await keep(version)
  else console.log(`Version ${version} says so.`)
}

async function keep(version: string): Promise<void> {
  await copyFile('openapi.yaml', `contract/${version}.yaml`)
  console.log(`Kept as contract/${version}.yaml: later changes are compared with it.`)
}

async function lastReleased(): Promise<string> {
  const names = await readdir('contract').catch(() => [])
  const versions = names.map((name) => name.replace(/\.yaml$/, '')).filter(isVersion)
  const last = versions.sort(compareVersions).at(-1)
  if (last === undefined) throw new StartError('There is no released description: contract/<version>.yaml is missing.')
  return last
}

async function judge(released: string, current: Description, withoutOasdiff: boolean): Promise<Change[]> {
  const all = differences(await describe(released), current)
  const words = changesOfDocumentation(all)
  const program = withoutOasdiff || all.length === words.length ? undefined : await findOasdiff({ build: true })
  if (program !== undefined) {
    console.log(`openapi.yaml against ${released}, by oasdiff ${oasdiffVersion}\n`)
    const judged = await judgeByOasdiff(program, released, 'openapi.yaml')
    const { headers = [], others = [] } = Object.groupBy(all, (one) => (ofHeaderValue(one) ? 'headers' : 'others'))
    const unjudged = judged.length > 0 ? [] : changesUnjudged(others, 'non-breaking')
    return [...changesUnjudged(headers, 'breaking'), ...judged, ...unjudged, ...words]
  }
  console.log(`openapi.yaml against ${released}\n`)
  if (all.length > words.length)
    console.log('WITHOUT oasdiff every change counts as breaking. Install Go, or set OASDIFF to the program.\n')
  return [...changesUnjudged(all, 'breaking'), ...words]
}

function report(changes: Change[]): void {
  const labels = ['breaking', 'non-breaking', 'documentation'] as const
  for (const label of labels) {
    const labelled = changes.filter((change) => change.label === label)
    if (labelled.length > 0) console.log(`${label}\n${labelled.map(line).join('\n')}\n`)
  }
  const counts = labels.map((label) => `${changes.filter((change) => change.label === label).length} ${label}`)
  console.log(`${counts.join(', ')}.`)
}

function line({ text, operations }: Change): string {
  return `  ${text}${operations.length > 0 ? `\n    ${operations.join(', ')}` : ''}`
}

async function describe(file: string): Promise<Description> {
  const text = await read(file)
  try {
    return parse(text) as Description
  } catch (error) {
    throw new StartError(`${file} is no YAML: ${(error as Error).message.split('\n')[0] ?? ''}`)
  }
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new StartError(`${file} cannot be read.`)
  })
}
