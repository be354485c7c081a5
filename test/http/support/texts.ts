import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { OperationId } from '../../support/service.ts'

type Schema = { $ref?: string; type?: string; maxLength?: number; enum?: string[]; properties?: Record<string, Schema> }
type Parameter = { $ref?: string; name: string; in: string; schema: Schema }
type Body = { content: Record<string, { schema: Schema; examples: Record<string, { value: object }> }> }
type Described = { operationId: OperationId; parameters?: Parameter[]; requestBody?: { $ref: string } }

/** A text that a client sends: a member of a body, with a valid example of the whole body, or a query parameter. */
export type SentText = { id: OperationId; name: string; maxLength: number; example?: object }

const contract = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Described>>
}

function resolve<Part extends { $ref?: string }>(part: Part): Part {
  if (part.$ref === undefined) return part
  const names = part.$ref.slice('#/'.length).split('/')
  return names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], contract) as Part
}

const described = Object.values(contract.paths).flatMap((item) => Object.values(item))
const isText = ({ type }: Schema) => type === 'string'

/** Every text in every body of the contract. */
export const bodyTexts: SentText[] = described.flatMap(({ operationId: id, requestBody }) => {
  if (!requestBody) return []
  const { content } = resolve(requestBody) as unknown as Body
  const { schema, examples } = content['application/json'] as Body['content'][string]
  const [example] = Object.values(examples)
  return Object.entries(resolve(schema).properties ?? {})
    .map(([name, property]) => ({ name, schema: resolve(property) }))
    .filter((member) => isText(member.schema))
    .map(({ name, schema: { maxLength = 16 } }) => ({ id, name, maxLength, example: example?.value ?? {} }))
})

/** Every query parameter of the contract, whatever its type: all of them arrive as text. */
export const queryTexts: SentText[] = described.flatMap(({ operationId: id, parameters = [] }) =>
  parameters
    .map(resolve)
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => ({ id, name, maxLength: resolve(schema).maxLength ?? 16 })),
)
