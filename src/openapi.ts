import { readFile } from 'node:fs/promises'
import type { Document, OpenAPIBackend } from 'openapi-backend'
import { parse } from 'yaml'
import { parseEmailAddress } from './domain/emailAddress.ts'
import { isPersonalName } from './domain/personalName.ts'
import { createReplyCheck, type CheckReply } from './http/replies.ts'
import { compileOpenApi } from './http/validation.ts'
import type { Services } from './operations/context.ts'

/** openapi.yaml as it is served, and compiled. */
export type LoadedContract = Services['contract'] & { api: OpenAPIBackend; checkReply: CheckReply }

// Ajv's checks for formats of the contract that need the domain's own word.
export const formats = {
  'idn-email': (text: string) => parseEmailAddress(text) !== undefined,
  'personal-name': isPersonalName,
}

let own: Promise<LoadedContract> | undefined

/** The contract of this process: a constant, so it is compiled once for all services in it, of which tests start hundreds. */
export function loadOpenApi(): Promise<LoadedContract> {
  return (own ??= compile())
}

async function compile(): Promise<LoadedContract> {
  const yaml = await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8')
  const definition = parse(yaml) as Document
  const json = JSON.stringify(definition) // before openapi-backend changes it
  const api = await compileOpenApi(definition, formats)
  return { yaml: Buffer.from(yaml), json: Buffer.from(json), api, checkReply: createReplyCheck(api, formats) }
}
