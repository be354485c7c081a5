import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'

const version = '13.5.0'

/**
 * Installs Lighthouse under `folder`, unless that folder already contains it. It is no dependency of the repository,
 * because it brings more than a hundred packages, which only this check needs.
 * @returns the path of the program
 * @throws StartError if npm cannot install it
 */
export async function installLighthouse(folder: string): Promise<string> {
  const home = join(folder, `lighthouse-${version}`)
  const program = join(home, 'node_modules/lighthouse/cli/index.js')
  if (existsSync(program)) return program
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'package.json'), '{ "private": true }\n')
  const parameters = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `lighthouse@${version}`]
  const { status, stderr } = spawnSync('npm', parameters, { cwd: home, encoding: 'utf8' })
  if (status !== 0)
    throw new StartError(`npm cannot install lighthouse ${version}: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  return program
}
