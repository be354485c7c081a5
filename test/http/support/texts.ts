import { bodyOf, contract, follow, type Schema } from '../../support/contract.ts'
import type { OperationId } from '../../support/service.ts'

/** A string that a client sends: a member of a body, with a valid example of the body, or a query parameter. */
export type SentText = { id: OperationId; name: string; maxLength: number; example?: object }

const described = Object.values(contract.paths).flatMap((item) => Object.values(item))
const isText = ({ type }: Schema) => type === 'string'

/** Every string member of every body in the contract. */
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

/** Every query parameter of the contract. All of them arrive as strings, whatever their types are. */
export const queryTexts: SentText[] = described.flatMap(({ operationId: id, parameters = [] }) =>
  parameters
    .map(follow)
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => ({ id, name, maxLength: follow(schema).maxLength ?? 16 })),
)
