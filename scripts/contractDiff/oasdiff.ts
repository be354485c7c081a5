import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import type { Change } from './changes.ts'

// Newer ones judge more, 1.35 for example does not install. Whoever raises this looks at the lists below again.
export const oasdiffVersion = 'v1.11.8'

type Entry = { id: string; text: string; level: 1 | 2 | 3; operation?: string; operationId?: string; path?: string }

/** What oasdiff only informs about, and what breaks clients that are made from this contract. */
const breakingHere = new Set([
  'response-non-success-status-removed', // clients decide by documented statuses
  'api-operation-id-removed', // the name of a method in every generated client
  'api-tag-removed', // and of the class that it is in
  'api-security-added', // a call without a token stops working
  'api-security-scope-added',
  'api-global-security-added',
  'api-security-component-removed',
  'api-security-component-type-changed',
])

/** The program: where OASDIFF says, or built by Go into node_modules/.cache. Undefined where neither can be. */
export async function findOasdiff({ build }: { build: boolean }): Promise<string | undefined> {
  const named = process.env['OASDIFF']
  if (named !== undefined) return named
  const folder = fileURLToPath(
    new URL(`../../node_modules/.cache/gatehouse/oasdiff-${oasdiffVersion}`, import.meta.url),
  )
  const program = `${folder}/oasdiff`
  if (await isExecutable(program)) return program
  return build && (await buildInto(folder)) ? program : undefined
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function buildInto(folder: string): Promise<boolean> {
  console.error(`Building oasdiff ${oasdiffVersion} with Go, once…`)
  const go = spawn('go', ['install', `github.com/oasdiff/oasdiff@${oasdiffVersion}`], {
    env: { ...process.env, GOBIN: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(go, 'exit').catch((error: unknown) => {
    console.error(String(error))
    return [1]
  })
  return code === 0
}

/** Compares two descriptions and labels each change. @throws StartError when oasdiff cannot read one of them */
export async function judgeByOasdiff(program: string, released: string, current: string): Promise<Change[]> {
  const args = ['changelog', released, current, '--format', 'json']
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 }).catch((error: unknown) => {
    throw new StartError(`oasdiff: ${error instanceof Error ? error.message : String(error)}`)
  })
  const entries = (JSON.parse(stdout) ?? []) as Entry[]
  const where = Map.groupBy(entries, ({ id, text }) => `${id} ${text}`)
  return [...where.values()].map((same) => {
    const [first] = same as [Entry, ...Entry[]]
    return { label: labelOf(first), text: first.text, operations: same.map(nameOf).filter((name) => name !== '') }
  })
}

function labelOf({ id, text, level }: Entry): Change['label'] {
  const breaking = breakingHere.has(id) || (level > 1 && !isNewCode(id, text))
  return breaking ? 'breaking' : 'non-breaking'
}

/** oasdiff warns of new values in answers. Of the codes of problems info.description says that more may come, of other enums it does not. */
function isNewCode(id: string, text: string): boolean {
  return id === 'response-property-enum-value-added' && text.includes("to the 'code' response property")
}

function nameOf({ operation = '', operationId = '', path = '' }: Entry): string {
  return operationId || `${operation} ${path}`.trim()
}
