import { readFile } from 'node:fs/promises'
import type { Document, OpenAPIBackend } from 'openapi-backend'
import { load } from 'js-yaml'
import { parseEmailAddress } from './domain/emailAddress.ts'
import { isPersonalName } from './domain/personalName.ts'
import { createReplyCheck, type CheckReply } from './http/replyCheck.ts'
import type { OperationId } from './http/handlerTypes.ts'
import { compileOpenApi, validate } from './http/validation.ts'
import type { ProblemCode } from './problems.ts'
import type { Services } from './operations/context.ts'

/** openapi.yaml as the service serves it, and its compiled form. */
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
  const yaml = await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8')
  const definition = load(yaml) as Document & Described
  const { 'x-enumDescriptions': problemDescriptions } = definition.components.schemas.ProblemCode
  const json = JSON.stringify(definition) // made here, because openapi-backend changes the definition
  const api = await compileOpenApi(definition, formats)
  const checkReply = createReplyCheck(api, formats)
  return { yaml: Buffer.from(yaml), json: Buffer.from(json), api, checkReply, problemDescriptions }
}
