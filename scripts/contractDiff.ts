import { copyFile, readdir } from 'node:fs/promises'
import semver from 'semver'
import { StartError } from '../src/problems.ts'
import { findDifferences, isHeaderValue, labelAll, labelDocumentation, type Change } from './contractDiff/changes.ts'
import { findOasdiff, labelByOasdiff, oasdiffVersion } from './contractDiff/oasdiff.ts'
import { checkVersion, isVersion } from './contractDiff/version.ts'
import { readDocument, readText, type OpenApi } from './openapi.ts'
import { runTool } from './tool.ts'

const help = `npm run contract:diff [-- --without-oasdiff | --prepare]
npm run contract:release

contract:diff compares openapi.yaml with the last released description, the highest contract/<version>.yaml. It labels
each change, and fails if info.version, package.json and CHANGELOG.md do not match the changes. A breaking change
raises the major version, before 1.0.0 the minor one. Another change raises the minor version, before 1.0.0 at least
the patch. A change of documentation needs no new version.
contract:release does the same, then copies openapi.yaml to contract/<info.version>.yaml.

oasdiff ${oasdiffVersion} decides what breaks clients. Go builds it once into node_modules/.cache, unless OASDIFF names the program.
  --without-oasdiff  needs no Go: every change except documentation counts as breaking
  --prepare          builds oasdiff even if nothing has changed, and fails if it cannot; CI needs it for the tests
Exit code: 0 if the version matches the changes, 1 if not, 2 if nothing could be compared.`

const options = {
  release: { type: 'boolean' },
  prepare: { type: 'boolean' },
  'without-oasdiff': { type: 'boolean' },
} as const

await runTool(
  help,
  options,
  async ({ release = false, prepare = false, 'without-oasdiff': withoutOasdiff = false }) => {
    if (prepare && (await findOasdiff({ build: true })) === undefined)
      throw new StartError('oasdiff cannot be built: install Go, or set OASDIFF to the program.')
    const current = readDocument('openapi.yaml')
    const { version } = current.info
    const released = await findLastReleased()
    const changes = await labelChanges(`contract/${released}.yaml`, current, withoutOasdiff)
    printChanges(changes)
    const errors = checkVersion(version, released, changes, {
      changelog: readText('CHANGELOG.md'),
      packageVersion: (JSON.parse(readText('package.json')) as { version: string }).version,
    })
    if (release && version === released && changes.length > 0) errors.push(`${version} is released: raise the version.`)
    for (const error of errors) console.log(error)
    if (errors.length > 0) process.exitCode = 1
    else if (release) await releaseAs(version)
    else console.log(`Version ${version} matches the changes.`)
  },
  2,
)

async function releaseAs(version: string): Promise<void> {
  await copyFile('openapi.yaml', `contract/${version}.yaml`)
  console.log(`Copied to contract/${version}.yaml: later changes are compared with it.`)
}

async function findLastReleased(): Promise<string> {
  const names = await readdir('contract').catch(() => [])
  const versions = names.map((name) => name.replace(/\.yaml$/, '')).filter(isVersion)
  const last = semver.rsort(versions)[0]
  if (last === undefined) throw new StartError('There is no released description: contract/<version>.yaml is missing.')
  return last
}

async function labelChanges(released: string, current: OpenApi, withoutOasdiff: boolean): Promise<Change[]> {
  const differences = findDifferences(readDocument(released), current)
  const documentation = labelDocumentation(differences)
  const needsOasdiff = !withoutOasdiff && differences.length > documentation.length
  const program = needsOasdiff ? await findOasdiff({ build: true }) : undefined
  if (program === undefined) {
    console.log(`openapi.yaml against ${released}\n`)
    if (differences.length > documentation.length)
      console.log('WITHOUT oasdiff every change counts as breaking. Install Go, or set OASDIFF to the program.\n')
    return [...labelAll(differences, 'breaking'), ...documentation]
  }
  console.log(`openapi.yaml against ${released}, by oasdiff ${oasdiffVersion}\n`)
  const labelled = await labelByOasdiff(program, released, 'openapi.yaml')
  const { headers = [], others = [] } = Object.groupBy(differences, (difference) =>
    isHeaderValue(difference) ? 'headers' : 'others',
  )
  const unnoticed = labelled.length > 0 ? [] : labelAll(others, 'non-breaking')
  return [...labelAll(headers, 'breaking'), ...labelled, ...unnoticed, ...documentation]
}

function printChanges(changes: Change[]): void {
  const labels = ['breaking', 'non-breaking', 'documentation'] as const
  const byLabel = Object.groupBy(changes, ({ label }) => label)
  for (const label of labels)
    if (byLabel[label]) console.log(`${label}\n${byLabel[label].map(formatChange).join('\n')}\n`)
  console.log(`${labels.map((label) => `${byLabel[label]?.length ?? 0} ${label}`).join(', ')}.`)
}

function formatChange({ text, operations }: Change): string {
  return `  ${text}${operations.length > 0 ? `\n    ${operations.join(', ')}` : ''}`
}
