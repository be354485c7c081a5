import { problemType, type Contract, type Operation } from './contract.ts'
import { isObject, listed } from './enums.ts'

/**
 * What the contract documents, or what a request and its reply showed, one sentence each:
 * reply OPERATION STATUS TYPE · code OPERATION STATUS CODE · example OPERATION NAME · parameter OPERATION NAME ·
 * argument OPERATION PLACE=VALUE (an enum's value that was sent) · value ENUM VALUE (one that was answered).
 */
export type Fact = string

export const any = 'any-request'

/** Everything that has to be seen. */
export function documentedFacts({ operations, anyRequest }: Contract): Set<Fact> {
  const facts = operations.flatMap(({ id, parameters, body, replies }) => [
    ...replies.map(({ status, type }) => `reply ${id} ${status} ${type}`),
    ...replies.flatMap(({ status, type, media }) =>
      type === problemType ? examplesOf(media).map((example) => codeFact(id, status, example)) : [],
    ),
    ...Object.keys(body?.examples ?? {}).map((name) => `example ${id} ${name}`),
    ...parameters.map(({ name }) => `parameter ${id} ${name}`),
    ...parameters.flatMap(({ name, schema }) => listed(schema, name)).map(({ fact }) => `argument ${id} ${fact}`),
    ...listed(body?.schema).map(({ fact }) => `argument ${id} ${fact}`),
    ...replies
      .flatMap(({ media }) => listed(media?.schema))
      .map(({ component, value }) => `value ${component} ${value}`),
  ])
  const standing = [...anyRequest].flatMap(([status, code]) => [
    `reply ${any} ${status} ${problemType}`,
    `code ${any} ${status} ${code}`,
  ])
  return new Set([...facts, ...standing])
}

function examplesOf(media: Operation['body']): unknown[] {
  const named = Object.values(media?.examples ?? {}).map(({ value }) => value)
  return media?.example === undefined ? named : [media.example, ...named]
}

export function codeFact(owner: string, status: string, problem: unknown): Fact {
  return `code ${owner} ${status} ${isObject(problem) ? String(problem['code']) : 'none'}`
}
