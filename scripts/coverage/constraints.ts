import { createAjv } from '../../src/http/validation.ts'
import type { Media, Parameter, Schema } from '../openapi.ts'
import type { Fact } from './facts.ts'
import { isObject } from './enums.ts'

/** What the contract requires of one value of a request. */
export type Constraint = {
  /** The location: `/member` or `/` (whole body), `{parameter}` (path), or `?parameter` (query or header). */
  location: string
  keyword: string
  limit: unknown
  format?: string | undefined
}
export type Side = 'inside' | 'outside'

/**
 * The values of a request. The key of a value is its location. The value at `/` is the whole body. A value that was
 * not sent is undefined.
 */
export type SentValues = Map<string, unknown>
type Refusal = { pointer?: string; parameter?: string; code: string }

const keywords = ['minLength', 'maxLength', 'minimum', 'maximum', 'pattern', 'format', 'enum'] as const
const codes = new Set<string>(['type', ...keywords.map(codeOf)])
const isUuid = createAjv({}).compile({ type: 'string', format: 'uuid' })

/** Lists the constraints of a request. The body must be an object without objects in it. */
export function listConstraints(parameters: Parameter[], body: Media | undefined): Constraint[] {
  const { properties = {}, required = [], additionalProperties } = body?.schema ?? {}
  const limitsOf = (location: string, schema: Schema) =>
    keywords
      .map((keyword) => ({ location, keyword, limit: schema[keyword], format: schema.format }))
      .filter(({ limit }) => limit !== undefined)
  return [
    ...parameters
      .filter((parameter) => parameter.in !== 'path' && parameter.required)
      .map(({ name }) => ({ location: `?${name}`, keyword: 'required', limit: true })),
    ...parameters.flatMap((parameter) => limitsOf(locationOf(parameter), parameter.schema)),
    ...(body ? [{ location: '/', keyword: 'required', limit: true }] : []),
    ...(additionalProperties === false
      ? [{ location: '/', keyword: 'additionalProperties', limit: Object.keys(properties) }]
      : []),
    ...required.map((name) => ({ location: `/${name}`, keyword: 'required', limit: required })),
    ...Object.entries(properties).flatMap(([name, schema]) => limitsOf(`/${name}`, schema)),
  ]
}

export const locationOf = ({ in: place, name }: Parameter) => (place === 'path' ? `{${name}}` : `?${name}`)

/**
 * Lists the sides of a constraint that can be tested: `inside` is exactly at the limit, `outside` is just beyond the
 * limit. No valid email address is as short as its `minLength`.
 */
export function sidesOf({ keyword, format }: Constraint): Side[] {
  return keyword === 'minLength' && format === 'idn-email' ? ['outside'] : ['inside', 'outside']
}

export function constraintFact(id: string, { location, keyword }: Constraint, side: Side): Fact {
  return `constraint ${id} ${location} ${keyword} ${side}`
}

/**
 * Lists the constraints whose limit a request tests: `inside` with the last allowed value, `outside` with the first
 * value that is not allowed, if the service refused the request because of this value.
 * @param isValidated whether the service compared the request with the contract, and did not refuse the request
 * before this comparison
 */
export function findConstraintFacts(
  { id, constraints }: { id: string; constraints: Constraint[] },
  sent: SentValues,
  reply: { status: number; body: unknown },
  isValidated: boolean,
): Fact[] {
  const refusals = refusalsOf(reply.body)
  const isCompared = isValidated && !refusals.some(isEarly)
  return constraints.flatMap((constraint) => {
    const isOutside = constraint.location.startsWith('{')
      ? reply.status === 404 && isOutsideOfPath(constraint, sent.get(constraint.location))
      : isRefused(constraint, sent, refusals)
    if (isOutside) return [constraintFact(id, constraint, 'outside')]
    return isCompared && isInside(constraint, sent, refusals) ? [constraintFact(id, constraint, 'inside')] : []
  })
}

/**
 * Whether the service refuses a request before it validates the values: the body is not an object, or a parameter is
 * repeated.
 */
const isEarly = ({ pointer, code }: Refusal) => pointer === '' || code === 'duplicate'

function isInside({ location, keyword, limit }: Constraint, sent: SentValues, refusals: Refusal[]): boolean {
  const value = sent.get(location)
  if (
    value === undefined ||
    value === null ||
    refusals.some((refusal) => placeOf(refusal) === location && codes.has(refusal.code))
  )
    return false
  const names = isObject(sent.get('/')) ? Object.keys(sent.get('/') as object) : []
  if (keyword === 'additionalProperties') return refusals.length === 0 && hasExactly(names, limit as string[])
  if (keyword === 'required') return !Array.isArray(limit) || hasExactly(names, limit as string[])
  return (excessOf(keyword, limit, value) ?? 0) === 0
}

/** Whether the value was refused for this constraint. It must exceed a numeric limit by exactly one. */
function isRefused({ location, keyword, limit }: Constraint, sent: SentValues, refusals: Refusal[]): boolean {
  const isAlone = refusals.length === 1
  if (keyword === 'additionalProperties') return isAlone && refusals.some(({ code }) => code === codeOf(keyword))
  if (!refusals.some((refusal) => placeOf(refusal) === location && refusal.code === codeOf(keyword))) return false
  return keyword === 'required' ? isAlone : (excessOf(keyword, limit, sent.get(location)) ?? 1) === 1
}

/**
 * Whether a parameter of the path breaks the constraint. The reply does not show this, because the reply for an
 * unknown id is 404, too.
 */
function isOutsideOfPath({ keyword, limit }: Constraint, value: unknown): boolean {
  return keyword === 'format' ? !isUuid(value) : excessOf(keyword, limit, value) === 1
}

/** Returns how far a value is beyond a limit, or undefined if the keyword has no distance. */
function excessOf(keyword: string, limit: unknown, value: unknown): number | undefined {
  // Of a longer text, so many code units suffice to see that it exceeds the limit by more than one character.
  const length = () => (typeof value === 'string' ? Array.from(value.slice(0, 2 * Number(limit) + 4)).length : NaN)
  if (keyword === 'maxLength') return length() - Number(limit)
  if (keyword === 'minLength') return Number(limit) - length()
  if (keyword === 'maximum') return Number(value) - Number(limit)
  if (keyword === 'minimum') return Number(limit) - Number(value)
  return undefined
}

function refusalsOf(body: unknown): Refusal[] {
  return isObject(body) && Array.isArray(body['errors']) ? (body['errors'] as Refusal[]) : []
}

function placeOf({ pointer, parameter }: Refusal): string {
  if (pointer === undefined) return `?${String(parameter)}`
  return pointer === '' ? '/' : pointer
}

function codeOf(keyword: string): string {
  if (keyword === 'additionalProperties') return 'unknown_member'
  return keyword.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)
}

function hasExactly(names: string[], expected: string[]): boolean {
  return new Set(names).symmetricDifference(new Set(expected)).size === 0
}
