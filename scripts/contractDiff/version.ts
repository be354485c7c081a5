import semver from 'semver'
import type { Change } from './changes.ts'

type Files = { changelog: string; packageVersion: string }

/**
 * Checks that the version is high enough for the changes, and that the changelog and package.json name it.
 * @returns one sentence for each error
 */
export function checkVersion(version: string, released: string, changes: Change[], files: Files): string[] {
  if (!isVersion(version)) return [`info.version must be three numbers as in 1.2.3, not ${version}.`]
  const [minimum, reason] = minimumVersion(released, changes)
  const isTooLow = semver.lt(version, minimum)
  const errors = isTooLow ? [`${reason}: info.version must be ${minimum} or later, it is ${version}.`] : []
  const expected = isTooLow ? minimum : version
  if (!hasEntry(files.changelog, expected)) errors.push(`CHANGELOG.md has no entry "## ${expected}".`)
  if (files.packageVersion !== version)
    errors.push(`package.json has version ${files.packageVersion}, info.version is ${version}.`)
  return errors
}

/**
 * Returns the lowest version that the changes allow, by the rule in info.description. From 1.0.0 on, a breaking
 * change raises the major version, and an addition the minor version. Before 1.0.0, a breaking change raises the
 * minor version, and an addition the patch version. A change of documentation raises the patch version.
 */
function minimumVersion(released: string, changes: Change[]): [minimum: string, reason: string] {
  const isStable = semver.major(released) > 0
  const raise = (part: 'major' | 'minor' | 'patch') => new semver.SemVer(released).inc(part).version
  const has = (label: Change['label']) => changes.some((change) => change.label === label)
  if (has('breaking')) return [raise(isStable ? 'major' : 'minor'), 'There are breaking changes']
  if (has('non-breaking')) return [raise(isStable ? 'minor' : 'patch'), 'There are changes']
  if (has('documentation')) return [raise('patch'), 'There are changes of documentation']
  return [released, 'A version may not go down']
}

/** Whether the text is a version of three numbers. A pre-release does not count as a version. */
export function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text) && semver.valid(text) !== null
}

/** Whether the changelog has a heading of this version with text below it. */
function hasEntry(changelog: string, version: string): boolean {
  const [, entry = ''] = changelog.split(`\n## ${version}\n`)
  return (entry.split('\n## ')[0] ?? '').trim() !== ''
}
