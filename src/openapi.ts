import { readFile } from 'node:fs/promises'
import type { Document, OpenAPIBackend } from 'openapi-backend'
import { parse } from 'yaml'
import { parseEmailAddress } from './domain/emailAddress.ts'
import { isPersonalName } from './domain/personalName.ts'
import { createReplyCheck, type CheckReply } from './http/replyCheck.ts'
import { compileOpenApi } from './http/validation.ts'
import type { Services } from './operations/context.ts'

/** openapi.yaml as the service serves it, and its compiled form. */
export type LoadedOpenApi = Services['contractFiles'] & { api: OpenAPIBackend; checkReply: CheckReply }

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

async function compile(): Promise<LoadedOpenApi> {
  const yaml = await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8')
  const definition = parse(yaml) as Document
  const json = JSON.stringify(definition) // made here, because openapi-backend changes the definition
  const api = await compileOpenApi(definition, formats)
  return { yaml: Buffer.from(yaml), json: Buffer.from(json), api, checkReply: createReplyCheck(api, formats) }
}
