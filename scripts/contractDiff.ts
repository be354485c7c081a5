import { copyFile, readdir } from 'node:fs/promises'
import semver from 'semver'
import { StartError } from '../src/problems.ts'
import { findDifferences, toChanges, type Change } from './contractDiff/changes.ts'
import { findOasdiff, labelByOasdiff, oasdiffVersion } from './contractDiff/oasdiff.ts'
import { checkVersion, isVersion } from './contractDiff/version.ts'
import { readDocument, readText, type OpenApi } from './openapi.ts'
import { createTool, runAsProcess } from './tool.ts'

const help = `npm run contract:diff [-- --without-oasdiff | --prepare]
npm run contract:release

contract:diff compares openapi.yaml with the last released description, the highest contract/<version>.yaml. It labels
each change, and fails if info.version, package.json and CHANGELOG.md do not match the changes. From 1.0.0 on, a
breaking change raises the major version, and an addition the minor version. Before 1.0.0, a breaking change raises
the minor version, and an addition at least the patch version. A change of documentation raises at least the patch
version, because generated clients repeat the text.
contract:release does the same, then copies openapi.yaml to contract/<info.version>.yaml, and packs the SDK in the
same folder. From then on, npm run sdk tests whether clients of this release work with later versions.

oasdiff ${oasdiffVersion} decides which changes break clients. Go builds it once into node_modules/.cache, unless the
variable OASDIFF has the path of the program.
  --without-oasdiff  needs no Go: every change that oasdiff would judge counts as breaking
  --prepare          builds oasdiff even if nothing has changed, and fails if it cannot; the tests in CI need oasdiff
Exit code: 0 if the version matches the changes, 1 if not, 2 if nothing could be compared.`

const options = {
  release: { type: 'boolean' },
  prepare: { type: 'boolean' },
  'without-oasdiff': { type: 'boolean' },
} as const

const warning = 'WITHOUT oasdiff every change counts as breaking. Install Go, or set OASDIFF to the program.'

export const contractDiff = createTool(
  help,
  options,
  async ({ release = false, prepare = false, 'without-oasdiff': withoutOasdiff = false }, { print }) => {
    if (prepare && (await findOasdiff({ build: true })) === undefined)
      throw new StartError('oasdiff cannot be built: install Go, or set OASDIFF to the program.')
    const current = readDocument('openapi.yaml')
    const { version } = current.info
    const released = await findLastReleased()
    const { changes, heading } = await labelChanges(`contract/${released}.yaml`, current, withoutOasdiff)
    print(`${heading}\n\n${formatChanges(changes)}`)
    const errors = checkVersion(version, released, changes, {
      changelog: readText('CHANGELOG.md'),
      packageVersion: (JSON.parse(readText('package.json')) as { version: string }).version,
    })
    for (const error of errors) print(error)
    if (errors.length > 0) return 1
    if (release) await copyFile('openapi.yaml', `contract/${version}.yaml`)
    print(
      release
        ? `Copied to contract/${version}.yaml: later changes are compared with it.`
        : `Version ${version} matches the changes.`,
    )
    return 0
  },
  2,
)

if (import.meta.main) await runAsProcess(contractDiff)

async function findLastReleased(): Promise<string> {
  const names = await readdir('contract').catch(() => [])
  const versions = names.map((name) => name.replace(/\.yaml$/, '')).filter(isVersion)
  const last = semver.rsort(versions)[0]
  if (last === undefined) throw new StartError('There is no released description: contract/<version>.yaml is missing.')
  return last
}

async function labelChanges(
  released: string,
  current: OpenApi,
  withoutOasdiff: boolean,
): Promise<{ changes: Change[]; heading: string }> {
  const heading = `openapi.yaml against ${released}`
  const differences = findDifferences(readDocument(released), current)
  const needsOasdiff = differences.some(({ label }) => label === undefined)
  const program = needsOasdiff && !withoutOasdiff ? await findOasdiff({ build: true }) : undefined
  if (program === undefined) {
    const changes = toChanges(differences, 'breaking')
    return { changes, heading: needsOasdiff ? `${heading}\n\n${warning}` : heading }
  }
  const labelled = await labelByOasdiff(program, released, 'openapi.yaml')
  const changes = [...labelled, ...toChanges(differences, labelled.length > 0 ? undefined : 'non-breaking')]
  return { changes, heading: `${heading}, by oasdiff ${oasdiffVersion}` }
}

function formatChanges(changes: Change[]): string {
  const labels = ['breaking', 'non-breaking', 'documentation'] as const
  const byLabel = Object.groupBy(changes, ({ label }) => label)
  const lists = labels.flatMap((label) =>
    byLabel[label] ? [`${label}\n${byLabel[label].map(formatChange).join('\n')}\n\n`] : [],
  )
  return `${lists.join('')}${labels.map((label) => `${byLabel[label]?.length ?? 0} ${label}`).join(', ')}.`
}

function formatChange({ text, operations }: Change): string {
  return `  ${text}${operations.length > 0 ? `\n    ${operations.join(', ')}` : ''}`
}
