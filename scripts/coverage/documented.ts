import type { Media } from '../openapi.ts'
import { constraintFact, sidesOf } from './constraints.ts'
import { isObject, listEnumValues } from './enums.ts'
import { impossibleFacts, listMemberFacts } from './members.ts'
import { anyOperation, type Fact } from './facts.ts'
import { problemType, type CoveredApi } from './operations.ts'

/**
 * Lists every documented fact, which the tests must show.
 * @throws Error if `impossibleFacts` names a fact that openapi.yaml does not document
 */
export function documentedFacts({ operations, anyRequest }: CoveredApi): Set<Fact> {
  const facts = operations.flatMap(({ id, parameters, body, constraints, replies }) => [
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
    ...constraints.flatMap((constraint) => sidesOf(constraint).map((side) => constraintFact(id, constraint, side))),
    ...replies.flatMap((reply) => listMemberFacts(id, reply)),
  ])
  const general = [...anyRequest].flatMap(([status, code]) => [
    `reply ${anyOperation} ${status} ${problemType}`,
    `code ${anyOperation} ${status} ${code}`,
  ])
  const all = new Set([...facts, ...general])
  const stale = Object.keys(impossibleFacts).find((fact) => !all.delete(fact))
  if (stale !== undefined) throw new Error(`${stale}: openapi.yaml does not document it, so it needs no exception`)
  return all
}

function listExamples(media: Media | undefined): unknown[] {
  const named = Object.values(media?.examples ?? {}).map(({ value }) => value)
  return media?.example === undefined ? named : [media.example, ...named]
}

export function codeFact(operationId: string, status: string, problem: unknown): Fact {
  return `code ${operationId} ${status} ${isObject(problem) ? String(problem['code']) : 'none'}`
}
