import { labelOf, type Label, type What } from './labels.ts'

/** One difference between two descriptions, labelled by its effect on a client of the older one. */
export type Change = { label: Label; text: string; operations: string[] }
/** A difference between two descriptions. If `label` is missing, oasdiff has to judge the difference. */
type Difference = { text: string; label: Label | undefined }
type Place = { path: string[]; isDocumentation: boolean; hasNames: boolean }

const documentationKeys =
  /^(description|summary|title|example|examples|externalDocs|contact|license|x-(?!(extensible-enum|enum-varnames|pattern|order)$).*)$/
// The keys of these objects are names and not keywords. For example, a property may be called "title".
const mapsOfNames =
  /^(properties|patternProperties|schemas|responses|parameters|requestBodies|headers|links|securitySchemes|paths|content)$/
// New entries of these lists and maps must come last, except new properties, because generated clients depend on the
// order. A call passes its parameters by position. An enum value gets its number from its position, and the first
// value is the default. A client uses the first media type of a body.
const orderedLists = /^(parameters|enum)$/
const orderedMaps = /^(content|properties)$/

/** Finds every difference between two descriptions, except in info.version. */
export function findDifferences(released: unknown, current: unknown): Difference[] {
  const root = { path: [], isDocumentation: false, hasNames: false }
  return compare(released, current, root).filter(({ text }) => text !== 'changed /info/version')
}

function compare(a: unknown, b: unknown, place: Place): Difference[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (a === undefined) return [differ(place, 'added')]
  if (b === undefined) return [differ(place, 'removed')]
  if (!isObject(a) || !isObject(b))
    return [differ(place, 'changed', place.isDocumentation ? describeRewording(a, b) : '')]
  const [older, newer] = [membersOf(a), membersOf(b)]
  const differences = [...new Set([...Object.keys(older), ...Object.keys(newer)])].flatMap((key) =>
    compare(older[key], newer[key], placeOf(key, place, Array.isArray(a))),
  )
  return isReordered(place, a, b) ? [...differences, differ(place, 'reordered')] : differences
}

function differ({ path, isDocumentation }: Place, what: What, details = ''): Difference {
  const pointer = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return { text: `${what} ${pointer}${details}`, label: isDocumentation ? 'documentation' : labelOf(pointer, what) }
}

function placeOf(key: string, { path, isDocumentation, hasNames }: Place, isEntry: boolean): Place {
  const isKeyword = !hasNames && !isEntry
  const isText = isKeyword && (documentationKeys.test(key) || (key === 'tags' && path.length === 0))
  return {
    path: [...path, key],
    isDocumentation: isDocumentation || isText,
    hasNames: isKeyword && mapsOfNames.test(key),
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/**
 * Returns the members of an object or list by key. A list counts as a set, in which the key of a member is its value
 * as a string. For an enum, `x-enum-varnames` becomes an object that has the name of each value under the value.
 */
function membersOf(value: object): Record<string, unknown> {
  if (Array.isArray(value)) return Object.fromEntries(value.map((entry: unknown) => [textOf(entry), entry]))
  const { enum: values, 'x-enum-varnames': names, ...others } = value as Record<string, unknown>
  if (!Array.isArray(values) || !Array.isArray(names)) return value as Record<string, unknown>
  const nameOf = Object.fromEntries(values.map((entry: unknown, at) => [textOf(entry), names[at] as unknown]))
  return { ...others, enum: values, 'x-enum-varnames': nameOf }
}

function textOf(entry: unknown): string {
  return typeof entry === 'string' ? entry : JSON.stringify(entry)
}

/** Whether the entries that two objects have in common are in a different order. */
function isReordered({ path, isDocumentation, hasNames }: Place, a: object, b: object): boolean {
  const key = path.at(-1) ?? ''
  const isList = Array.isArray(a) && orderedLists.test(key)
  const isMap = hasNames && orderedMaps.test(key)
  if (isDocumentation || (!isList && !isMap)) return false
  const [older, newer] = [a, b].map((value) => Object.keys(membersOf(value))) as [string[], string[]]
  const kept = older.filter((entry) => newer.includes(entry))
  const [from, to] = key === 'properties' ? [kept, newer.filter((entry) => kept.includes(entry))] : [older, newer]
  return kept.some((entry) => from.indexOf(entry) !== to.indexOf(entry))
}

/** Lists the sentences that only one of two strings has. Returns '' if the values are not strings. */
function describeRewording(a: unknown, b: unknown): string {
  if (typeof a !== 'string' || typeof b !== 'string') return ''
  const [older, newer] = [a, b].map((text) => text.replaceAll(/\s+/g, ' ').split(/(?<=[.:;?!]) /)) as [
    string[],
    string[],
  ]
  const lines = [
    ...older.filter((sentence) => !newer.includes(sentence)).map((sentence) => `- ${sentence}`),
    ...newer.filter((sentence) => !older.includes(sentence)).map((sentence) => `+ ${sentence}`),
  ]
  return lines.map((line) => `\n    ${line}`).join('')
}

/**
 * Converts differences to changes. A difference without a label gets the given label. If no label is given, the
 * difference is left out.
 */
export function toChanges(differences: Difference[], label?: Label): Change[] {
  return differences.flatMap((one) => {
    const chosen = one.label ?? label
    return chosen ? [{ label: chosen, text: one.text, operations: [] }] : []
  })
}
