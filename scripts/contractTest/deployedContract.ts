import type { Document } from 'openapi-backend'
import { createReplyCheck, type CheckReply } from '../../src/http/replyCheck.ts'
import { compileOpenApi } from '../../src/http/validation.ts'
import { formats } from '../../src/openapi.ts'
import { StartError } from '../../src/problems.ts'
import { listOperations, readDocument, resolveReferences, type OpenApi } from '../openapi.ts'

type ProblemExample = { type: string; title: string; status: number; code: string }

export type DeployedContract = {
  operations: ReturnType<typeof listOperations>
  checkReply: CheckReply
  /** The first example of each problem in the contract, by its code. */
  problems: Map<string, ProblemExample>
  /** Whether a reply that was counted towards a limit must report the state of the limit. */
  isLimited: (operationId: string, status: number) => boolean
  /** The URL or file from which the contract was read. */
  source: string
}

/** Describes a reply that any request can get. info.description describes these replies once for all operations. */
const generalReply = (status: number, headers: object = {}) => ({
  description: `${status}, which any request can get.`,
  headers: {
    'Cache-Control': { $ref: '#/components/headers/CacheControl' },
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...headers,
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
const generalReplies = {
  404: generalReply(404),
  405: generalReply(405, { Allow: { required: true, schema: { type: 'string' } } }),
}

/**
 * Reads the contract that the deployment serves, or the contract in a file.
 * @throws StartError if the document is not a contract of Gatehouse
 */
export async function readDeployedContract(url: string, file?: string): Promise<DeployedContract> {
  const source = file ?? `${url}/openapi.json`
  const document = (file === undefined ? await fetchDocument(url) : readDocument(file)) as Partial<OpenApi> | null
  if (!document?.openapi?.startsWith('3.1.') || !document.paths || !('/api/v1/auth/token/' in document.paths))
    throw new StartError(`${source} is not the contract of a Gatehouse.`)
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item)))
    operation.responses = { ...generalReplies, ...operation.responses } as typeof operation.responses
  try {
    const resolved = resolveReferences(document as OpenApi)
    const operations = listOperations(resolved)
    const api = await compileOpenApi(document as unknown as Document, formats)
    const checkReply = createReplyCheck(api, formats)
    const problems = new Map<string, ProblemExample>()
    collectProblems(resolved, problems)
    return { operations, checkReply, problems, isLimited: findLimited({ operations }), source }
  } catch (error) {
    throw new StartError(`${source} cannot be used as a contract: ${String(error)}`)
  }
}

async function fetchDocument(url: string): Promise<OpenApi> {
  const target = `${url}/openapi.json`
  const reply = await fetch(target, { signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    throw new StartError(
      `${url} does not answer (${cause?.code ?? message}): is --url right, and does the service run?`,
    )
  })
  const text = await reply.text()
  try {
    return JSON.parse(text) as OpenApi
  } catch {
    throw new StartError(`${url} is not a Gatehouse: ${target} answered ${reply.status} and no JSON.`)
  }
}

/** Collects the problem documents among the examples of the contract. */
function collectProblems(node: unknown, found: Map<string, ProblemExample>): void {
  if (typeof node !== 'object' || node === null) return
  const { type, title, status, code } = node as Partial<ProblemExample>
  if (typeof code === 'string' && typeof type === 'string' && typeof title === 'string' && typeof status === 'number')
    if (!found.has(code)) found.set(code, { type, title, status, code })
  for (const value of Object.values(node)) collectProblems(value, found)
}

/**
 * Finds the replies that report a limit: replies with the header RateLimit of operations that can reply with 429.
 * Operations without a limit may use the same response component.
 */
function findLimited({ operations }: Pick<DeployedContract, 'operations'>): DeployedContract['isLimited'] {
  const limited = operations.flatMap(({ operationId, responses }) =>
    Object.entries(responses as Record<string, { headers?: object }>).flatMap(([status, { headers = {} }]) =>
      '429' in responses && 'RateLimit' in headers ? [`${operationId} ${status}`] : [],
    ),
  )
  return (operationId, status) => limited.includes(`${operationId} ${status}`)
}
