import type { Document } from 'openapi-backend'
import { createReplyCheck, type CheckReply } from '../../src/http/replyCheck.ts'
import { compileOpenApi } from '../../src/http/validation.ts'
import { formats } from '../../src/openapi.ts'
import { StartError } from '../../src/problems.ts'
import { listOperations, readDocument, resolveReferences, type OpenApi } from '../openapi.ts'

export type DeployedContract = {
  operations: ReturnType<typeof listOperations>
  checkReply: CheckReply
  /** The URL or file from which the contract was read. */
  source: string
}

/** Describes a reply that any request can get. info.description describes these replies once for all operations. */
const generalReply = (status: number, headers: object = {}) => ({
  description: `${status}, which can meet any request.`,
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
    const operations = listOperations(resolveReferences(document as OpenApi))
    const api = await compileOpenApi(document as unknown as Document, formats)
    return { operations, checkReply: createReplyCheck(api, formats), source }
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
