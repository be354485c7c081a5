import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './cluster.ts'

const repository = join(import.meta.dirname, '../..')
/** The last commit of release 0.3.0. */
const commit = '89497cd'

/** The folder of release 0.3.0 with its packages. It stays for later runs. */
export const releaseFolder = join(repository, '.work/release-0.3.0')

/** Installs the release if it is not installed yet. @returns the reason why this is impossible, or undefined */
export async function installRelease(): Promise<string | undefined> {
  if (existsSync(releaseFolder)) return undefined
  const draft = `${releaseFolder}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  try {
    await run(
      'sh',
      ['-c', `git archive -o ${draft}/release.tar ${commit} && tar x -C ${draft} -f ${draft}/release.tar`],
      {
        cwd: repository,
      },
    )
    await run('npm', ['ci', '--omit=dev', '--omit=optional', '--no-audit', '--no-fund'], { cwd: draft })
  } catch (error) {
    return `release 0.3.0 cannot be installed: ${String(error).slice(0, 300)}`
  }
  await rename(draft, releaseFolder)
  return undefined
}
