import type { Media } from '../openapi.ts'
import { isObject, listEnumValues } from './enums.ts'
import { problemType, type CoveredApi } from './operations.ts'

/**
 * One fact that the contract documents, or that a request and its reply have shown. A fact has one of these forms:
 * - reply OPERATION STATUS TYPE
 * - code OPERATION STATUS CODE
 * - example OPERATION NAME
 * - parameter OPERATION NAME
 * - argument OPERATION POSITION=VALUE: an enum value that a client sent
 * - value ENUM VALUE: an enum value that the service returned
 */
export type Fact = string

export const anyOperation = 'any-request'

/** Lists every documented fact, which the tests must show. */
export function documentedFacts({ operations, anyRequest }: CoveredApi): Set<Fact> {
  const facts = operations.flatMap(({ id, parameters, body, replies }) => [
    ...replies.map(({ status, type }) => `reply ${id} ${status} ${type}`),
    ...replies.flatMap(({ status, type, media }) =>
      type === problemType ? listExamples(media).map((example) => codeFact(id, status, example)) : [],
    ),
    ...Object.keys(body?.examples ?? {}).map((name) => `example ${id} ${name}`),
    ...parameters.map(({ name }) => `parameter ${id} ${name}`),
    ...parameters
      .flatMap(({ name, schema }) => listEnumValues(schema, name))
      .map(({ fact }) => `argument ${id} ${fact}`),
    ...listEnumValues(body?.schema).map(({ fact }) => `argument ${id} ${fact}`),
    ...replies
      .flatMap(({ media }) => listEnumValues(media?.schema))
      .map(({ component, value }) => `value ${component} ${value}`),
  ])
  const general = [...anyRequest].flatMap(([status, code]) => [
    `reply ${anyOperation} ${status} ${problemType}`,
    `code ${anyOperation} ${status} ${code}`,
  ])
  return new Set([...facts, ...general])
}

function listExamples(media: Media | undefined): unknown[] {
  const named = Object.values(media?.examples ?? {}).map(({ value }) => value)
  return media?.example === undefined ? named : [media.example, ...named]
}

export function codeFact(operationId: string, status: string, problem: unknown): Fact {
  return `code ${operationId} ${status} ${isObject(problem) ? String(problem['code']) : 'none'}`
}
