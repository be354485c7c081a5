import { execFile, spawnSync } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import type { Change } from './changes.ts'

// A newer version has more checks: when you raise this version, review the list below. Version 1.35 cannot be
// installed.
export const oasdiffVersion = 'v1.11.8'

type Entry = { id: string; text: string; level: 1 | 2 | 3; operation?: string; operationId?: string; path?: string }

/** The changes that oasdiff calls harmless although they break clients that are generated from this contract. */
const alsoBreaking = new Set([
  'response-non-success-status-removed', // clients decide by documented statuses
  'api-operation-id-removed', // the name of a method in every generated client
  'api-tag-removed', // the name of a class in generated clients
  'api-schema-removed', // the name of a type in generated clients
  'response-property-enum-value-removed', // the name of a constant in generated clients
  'response-mediatype-enum-value-removed',
  'response-media-type-added', // a generated method returns a union, or requests another media type
  'api-security-added', // a call without a token stops working
  'api-security-scope-added',
  'api-global-security-added',
  'api-security-component-removed',
  'api-security-component-type-changed',
])

/**
 * Finds the program oasdiff: the program that the environment variable OASDIFF names, or the program that Go built
 * into node_modules/.cache.
 * @returns the path of the program, or undefined if there is none
 */
export async function findOasdiff({ build }: { build: boolean }): Promise<string | undefined> {
  const named = process.env['OASDIFF']
  if (named !== undefined) return named
  const folder = join(import.meta.dirname, `../../node_modules/.cache/gatehouse/oasdiff-${oasdiffVersion}`)
  const program = join(folder, 'oasdiff')
  const isBuilt = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  )
  return isBuilt || (build && buildInto(folder)) ? program : undefined
}

function buildInto(folder: string): boolean {
  console.error(`Building oasdiff ${oasdiffVersion} with Go, once…`)
  const { status, error } = spawnSync('go', ['install', `github.com/oasdiff/oasdiff@${oasdiffVersion}`], {
    env: { ...process.env, GOBIN: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (error) console.error(error.message)
  return status === 0
}

/** Compares two descriptions and labels each change. @throws StartError if oasdiff cannot read one of them */
export async function labelByOasdiff(program: string, released: string, current: string): Promise<Change[]> {
  const args = ['changelog', released, current, '--format', 'json']
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 }).catch((error: unknown) => {
    throw new StartError(`oasdiff: ${error instanceof Error ? error.message : String(error)}`)
  })
  const entries = (JSON.parse(stdout) ?? []) as Entry[]
  return Object.values(Object.groupBy(entries, ({ id, text }) => `${id} ${text}`)).flatMap((same = []) => {
    const [first] = same
    return first ? [{ label: labelOf(first), text: first.text, operations: same.map(nameOf).filter(Boolean) }] : []
  })
}

function labelOf({ id, level }: Entry): Change['label'] {
  return level > 1 || alsoBreaking.has(id) ? 'breaking' : 'non-breaking'
}

function nameOf({ operation = '', operationId = '', path = '' }: Entry): string {
  return operationId || `${operation} ${path}`.trim()
}
