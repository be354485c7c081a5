import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'
import { isFailed } from '../contractTest/results.ts'
import { testDeployment } from '../contractTest/run.ts'
import { readDocument } from '../openapi.ts'
import { startDeployment } from './deployment.ts'
import type { Template } from './template.ts'
import type { Mutation, Workspace } from './workspace.ts'

export type CheckName = 'contract:test' | 'contract:test --write' | 'contract:diff' | 'npm test'
/** The result of a check for a mutation: the first complaint, or undefined if the check noticed nothing. */
export type Verdict = { check: CheckName; complaint: string | undefined }

/**
 * Runs the checks in a workspace to which the mutation was applied. contract:diff compares the changed contract with
 * the unchanged one, as if the unchanged contract were released.
 */
export async function runChecks(
  mutation: Mutation,
  { workspace, template, withTests }: { workspace: Workspace; template: Template; withTests: boolean },
): Promise<Verdict[]> {
  const verdicts = await runContractTest(workspace, template)
  if (mutation.file === 'openapi.yaml')
    verdicts.push({ check: 'contract:diff', complaint: await runContractDiff(workspace) })
  if (withTests && mutation.tests)
    verdicts.push({ check: 'npm test', complaint: await runTests(workspace, mutation.tests) })
  return verdicts
}

/**
 * Runs contract:test with --write against the service of the workspace. The verdict of contract:test without --write
 * comes from the calls that do not need --write. The test stops at the first difference. If the service does not
 * start, the mutation counts as noticed.
 */
export async function runContractTest(workspace: Workspace, template: Template): Promise<Verdict[]> {
  const asVerdicts = (read: string | undefined, all: string | undefined): Verdict[] => [
    { check: 'contract:test', complaint: read },
    { check: 'contract:test --write', complaint: all },
  ]
  let deployment
  try {
    deployment = await startDeployment(workspace, template)
    const { url } = deployment
    const options = { contractFile: undefined, allowedHeaders: [], hasLimits: true, writes: true, stopsEarly: true }
    const { results, written } = await testDeployment({ url, account: template.account, ...options })
    const failed = results.find(isFailed)
    const complaint = failed && `${failed.operationId}, ${failed.title}: ${failed.errors[0] ?? ''}`
    return asVerdicts(failed && written.includes(failed) ? undefined : complaint, complaint)
  } catch (error) {
    if (error instanceof StartError) return asVerdicts(error.message, error.message)
    throw error
  } finally {
    await deployment?.stop()
  }
}

/** Makes the unchanged contract a released one, so that contract:diff requires a new version for each change. */
export async function releaseContract({ folder }: Workspace): Promise<void> {
  const { version } = readDocument().info
  await copyFile(join(folder, 'openapi.yaml'), join(folder, 'contract', `${version}.yaml`))
}

async function runContractDiff({ folder }: Workspace): Promise<string | undefined> {
  const { code, output } = await run(folder, ['scripts/contractDiff.ts', '--without-oasdiff'])
  return code === 0 ? undefined : (/^ {2}(?:added|removed|changed|reordered) .*$/m.exec(output)?.[0] ?? output).trim()
}

/** Runs test files of the workspace. @returns the first test that failed */
export async function runTests({ folder }: Workspace, files: string[]): Promise<string | undefined> {
  const mocha = join(folder, 'node_modules/mocha/bin/mocha.js')
  const { code, output } = await run(folder, [mocha, '--no-parallel', '--reporter', 'dot', ...files])
  return code === 0 ? undefined : (/^ +1\) [\s\S]*?:\n/m.exec(output)?.[0] ?? output).replace(/\s+/g, ' ').trim()
}

function run(folder: string, command: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
    })
  })
}
