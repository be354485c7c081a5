import { readFile } from 'node:fs/promises'
import type { Document, OpenAPIBackend } from 'openapi-backend'
import { parseEmailAddress } from './domain/emailAddress.ts'
import { isPersonalName } from './domain/personalName.ts'
import { createReplyCheck, type CheckReply } from './http/replyCheck.ts'
import type { OperationId } from './http/handlerTypes.ts'
import { compileOpenApi, validate } from './http/validation.ts'
import type { ProblemCode } from './problems.ts'
import type { Services } from './operations/context.ts'

/** openapi.yaml as the service serves it, as YAML and as JSON, and its compiled form. */
export type LoadedOpenApi = Services['contractFiles'] & {
  api: OpenAPIBackend
  checkReply: CheckReply
  problemDescriptions: Record<ProblemCode, string>
}

/** The checks of the formats in the contract that the domain defines. */
export const formats = {
  'idn-email': (text: string) => parseEmailAddress(text) !== undefined,
  'personal-name': isPersonalName,
}

let loaded: Promise<LoadedOpenApi> | undefined

/**
 * Reads and compiles openapi.yaml once. All services of this process share the result, because tests start hundreds.
 */
export function loadOpenApi(): Promise<LoadedOpenApi> {
  return (loaded ??= compile())
}

type Described = {
  components: { schemas: { ProblemCode: { 'x-enumDescriptions': Record<ProblemCode, string> } } }
}
type Input = { body?: object; query?: Record<string, string> }

/**
 * Loads the request validation of an operation, so that commands and sandboxes store nothing that the API would
 * refuse.
 * @returns a function that validates an input and throws Problem invalid
 */
export async function loadInputCheck(operationId: OperationId): Promise<(input: Input) => void> {
  const { api } = await loadOpenApi()
  const operation = api.getOperation(operationId)
  if (!operation) throw new Error(`openapi.yaml has no operation ${operationId}`)
  const { method, path } = operation
  return ({ body, query = {} }) => {
    validate(api, operation, { method, path, query: new URLSearchParams(query).toString(), headers: {}, body })
  }
}

async function compile(): Promise<LoadedOpenApi> {
  // The same document as JSON, because parsing YAML would take a tenth of the start.
  const [yaml, text] = await Promise.all(
    ['../openapi.yaml', '../generated/openapi.json'].map((file) => readFile(new URL(file, import.meta.url))),
  )
  const definition = JSON.parse(String(text)) as Document & Described
  const { 'x-enumDescriptions': problemDescriptions } = definition.components.schemas.ProblemCode
  const json = JSON.stringify(definition) // made here, because openapi-backend changes the definition
  const api = await compileOpenApi(definition, formats)
  const checkReply = createReplyCheck(api, formats)
  return { yaml: Buffer.from(yaml ?? ''), json: Buffer.from(json), api, checkReply, problemDescriptions }
}
