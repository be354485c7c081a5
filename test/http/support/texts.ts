import { bodyOf, contract, follow, type Schema } from '../../support/contract.ts'
import type { OperationId } from '../../support/service.ts'

/** A text that a client sends: a member of a body, with a valid example of the whole body, or a query parameter. */
export type SentText = { id: OperationId; name: string; maxLength: number; example?: object }

const described = Object.values(contract.paths).flatMap((item) => Object.values(item))
const isText = ({ type }: Schema) => type === 'string'

/** Every text in every body of the contract. */
export const bodyTexts: SentText[] = described.flatMap((operation) => {
  const body = bodyOf(operation)
  if (!body) return []
  const [example] = Object.values(body.examples)
  return Object.entries(follow(body.schema).properties ?? {})
    .map(([name, property]) => ({ name, schema: follow(property) }))
    .filter((member) => isText(member.schema))
    .map(({ name, schema: { maxLength = 16 } }) => ({
      ...{ id: operation.operationId, name, maxLength },
      example: example?.value ?? {},
    }))
})

/** Every query parameter of the contract of any type, because all of them arrive as text. */
export const queryTexts: SentText[] = described.flatMap(({ operationId: id, parameters = [] }) =>
  parameters
    .map(follow)
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => ({ id, name, maxLength: follow(schema).maxLength ?? 16 })),
)
