/** One difference between two descriptions, labelled by its effect on a client of the older one. */
export type Change = { label: 'breaking' | 'non-breaking' | 'documentation'; text: string; operations: string[] }
type Difference = { pointer: string; what: 'added' | 'removed' | 'changed'; isDocumentation: boolean }

const documentationKeys = /^(description|summary|title|example|examples|externalDocs|links|contact|license|x-.*)$/
// The keys of these objects are names and not keywords. For example, a property may be called "title".
const mapsOfNames =
  /^(properties|patternProperties|schemas|responses|parameters|requestBodies|headers|securitySchemes|paths|content)$/

/** Finds every difference and its JSON pointer. The order of a list does not matter. */
export function findDifferences(released: unknown, current: unknown): Difference[] {
  return compare(released, current, [], false).filter(({ pointer }) => pointer !== '/info/version')
}

function compare(a: unknown, b: unknown, path: string[], isDocumentation: boolean): Difference[] {
  const pointer = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (a === undefined) return [{ pointer, what: 'added', isDocumentation }]
  if (b === undefined) return [{ pointer, what: 'removed', isDocumentation }]
  if (!isObject(a) || !isObject(b)) return [{ pointer, what: 'changed', isDocumentation }]
  const [older, newer] = [membersOf(a), membersOf(b)]
  return [...new Set([...Object.keys(older), ...Object.keys(newer)])].flatMap((key) => {
    const isName = Array.isArray(a) || mapsOfNames.test(path.at(-1) ?? '')
    const isText = !isName && (documentationKeys.test(key) || (key === 'tags' && path.length === 0))
    return compare(older[key], newer[key], [...path, key], isDocumentation || isText)
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/**
 * Returns the members of an object or list by key. A list counts as a set, in which the key of a member is the text
 * of the member.
 */
function membersOf(value: object): Record<string, unknown> {
  if (!Array.isArray(value)) return value as Record<string, unknown>
  return Object.fromEntries(
    value.map((entry: unknown) => [typeof entry === 'string' ? entry : JSON.stringify(entry), entry]),
  )
}

/**
 * Whether a difference is in the schema of a header's value. oasdiff checks whether a reply has a header, but not
 * this schema.
 */
export const isHeaderValue = ({ pointer }: Difference) => /\/headers\/[^/]+\/schema(\/|$)/.test(pointer)

export function labelDocumentation(differences: Difference[]): Change[] {
  return differences.filter(({ isDocumentation }) => isDocumentation).map((one) => toChange(one, 'documentation'))
}

/** Gives every difference that is more than documentation the same label. */
export function labelAll(differences: Difference[], label: Change['label']): Change[] {
  return differences.filter(({ isDocumentation }) => !isDocumentation).map((one) => toChange(one, label))
}

function toChange({ pointer, what }: Difference, label: Change['label']): Change {
  return { label, text: `${what} ${pointer}`, operations: [] }
}
