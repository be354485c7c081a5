import type { listOperations, Parameter } from '../../openapi.ts'
import { documentation, typeOf } from './types.ts'

type Operation = ReturnType<typeof listOperations>[number]
type InputKind = 'Query' | 'Options'

export const parametersIn = ({ parameters }: Operation, place: Parameter['in']): Parameter[] =>
  parameters.filter((parameter) => parameter.in === place)

export const inputTypeName = ({ operationId }: Operation, kind: InputKind): string =>
  `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}${kind}`

/** Generates the type of an operation's query parameters, and of its options if it reads header fields. */
export function generateInputTypes(operation: Operation): string[] {
  const declare = (kind: InputKind, base: string, parameters: Parameter[]) =>
    parameters.length === 0
      ? []
      : [`export type ${inputTypeName(operation, kind)} = ${base}{\n${parameters.map(generateMember).join('')}}\n`]
  return [
    ...declare('Query', '', parametersIn(operation, 'query')),
    ...declare('Options', 'CallOptions & ', parametersIn(operation, 'header')),
  ]
}

function generateMember(parameter: Parameter): string {
  const { name, in: place, required, schema } = parameter
  const type = typeOf(schema)
  const member = place === 'header' ? camelCase(name) : name
  return `${documentation(parameter)}${member}${required ? `: ${type}` : `?: ${type} | undefined`}\n`
}

/** Returns the name in camel case: userId for user_id, ifMatch for If-Match. */
export function camelCase(name: string): string {
  return name.replace(/^[A-Z]|[_-][A-Za-z]/g, (text, index) =>
    index === 0 ? text.toLowerCase() : text.slice(1).toUpperCase(),
  )
}
