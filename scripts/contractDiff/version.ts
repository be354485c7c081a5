import type { Change } from './changes.ts'

type Version = [major: number, minor: number, patch: number]

/** @returns what is wrong with the version, sentence by sentence; nothing when it says what the changes are */
export function faultsOfVersion(
  version: string,
  released: string,
  changes: Change[],
  files: { changelog: string; packageVersion: string },
): string[] {
  if (!isVersion(version)) return [`info.version has to be three numbers as in 1.2.3, not ${version}.`]
  const faults: string[] = []
  const [minimum, why] = minimumVersion(released, changes)
  if (compareVersions(version, minimum) < 0)
    faults.push(`${why}: info.version has to be ${minimum} or later, it is ${version}.`)
  const expected = faults.length > 0 ? minimum : version
  if (!hasEntry(files.changelog, expected)) faults.push(`CHANGELOG.md has no entry "## ${expected}".`)
  if (files.packageVersion !== version)
    faults.push(`package.json says ${files.packageVersion} where info.version says ${version}.`)
  return faults
}

/** As info.description promises: breaking raises the major version, before 1.0.0 the minor one; an addition raises what is below. */
function minimumVersion(released: string, changes: Change[]): [minimum: string, why: string] {
  const [major, minor, patch] = parse(released)
  const has = (label: Change['label']) => changes.some((change) => change.label === label)
  if (has('breaking')) return [major > 0 ? `${major + 1}.0.0` : `0.${minor + 1}.0`, 'There are breaking changes']
  if (has('non-breaking'))
    return [major > 0 ? `${major}.${minor + 1}.0` : `0.${minor}.${patch + 1}`, 'There are changes']
  return [released, 'Versions only grow']
}

export function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text)
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  const index = left.findIndex((part, at) => part !== right[at])
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0)
}

function parse(version: string): Version {
  return version.split('.').map(Number) as Version
}

/** A heading with something below it. */
function hasEntry(changelog: string, version: string): boolean {
  const [, entry = ''] = changelog.split(`\n## ${version}\n`)
  return (entry.split('\n## ')[0] ?? '').trim() !== ''
}
