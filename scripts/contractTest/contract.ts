import { readFile } from 'node:fs/promises'
import type { Document, OpenAPIBackend, Operation } from 'openapi-backend'
import { parse } from 'yaml'
import { parseEmailAddress } from '../../src/domain/emailAddress.ts'
import { isPersonalName } from '../../src/domain/personalName.ts'
import { compileOpenApi } from '../../src/http/validation.ts'
import { StartError } from '../../src/problems.ts'

export type Contract = { api: OpenAPIBackend; operations: (Operation & { operationId: string })[]; origin: string }

export const formats = {
  'idn-email': (text: string) => parseEmailAddress(text) !== undefined,
  'personal-name': isPersonalName,
}

type Responses = Record<string, object>
type Given = { openapi?: string; paths?: Record<string, Record<string, { responses?: Responses }>> }

/** What the contract says of every request, in its description, and does not repeat at each operation. */
const standing = (status: number, headers: object = {}) => ({
  description: `${status}, which can meet any request.`,
  headers: {
    'Cache-Control': { $ref: '#/components/headers/CacheControl' },
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...headers,
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
const allow = { Allow: { required: true, schema: { type: 'string' } } }

/** The contract to hold the deployment to: its own, or that of a file. @throws StartError */
export async function readContract(url: string, file?: string): Promise<Contract> {
  const origin = file ?? `${url}/openapi.json`
  const given = file === undefined ? await served(url) : (parse(await textOf(file)) as Given | null)
  const items = Object.values(given?.paths ?? {})
  if (!given?.openapi?.startsWith('3.1.') || !('/api/v1/auth/token/' in (given.paths ?? {})))
    throw new StartError(`${origin} is not the contract of a Gatehouse.`)
  for (const operation of items.flatMap((item) => Object.values(item)))
    operation.responses = { 404: standing(404), 405: standing(405, allow), ...operation.responses }
  const api = await compileOpenApi(given as unknown as Document, formats).catch((error: unknown) => {
    throw new StartError(`${origin} cannot be used as a contract: ${String(error)}`)
  })
  const operations = api.getOperations().filter((operation) => operation.operationId !== undefined)
  return { api, operations: operations as Contract['operations'], origin }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`The contract cannot be read: ${(error as Error).message}`)
  })
}

async function served(url: string): Promise<Given> {
  const target = `${url}/openapi.json`
  const reply = await fetch(target, { signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    throw new StartError(
      `${url} does not answer (${cause?.code ?? message}): is --url right, and does the service run?`,
    )
  })
  const text = await reply.text()
  try {
    return JSON.parse(text) as Given
  } catch {
    throw new StartError(`${url} is not a Gatehouse: ${target} answered ${reply.status} and no JSON.`)
  }
}
