/** One difference between two descriptions, and what it means for a client of the older one. */
export type Change = { label: 'breaking' | 'non-breaking' | 'documentation'; text: string; operations: string[] }
type Difference = { pointer: string; what: 'added' | 'removed' | 'changed'; isDocumentation: boolean }

const documenting = /^(description|summary|title|example|examples|externalDocs|links|contact|license|x-.*)$/
// Below these, keys are names: a member may well be called "title".
const naming =
  /^(properties|patternProperties|schemas|responses|parameters|requestBodies|headers|securitySchemes|paths|content)$/

/** Every difference, by pointer. The order of a list means nothing here. */
export function differences(released: unknown, current: unknown): Difference[] {
  return compare(released, current, [], false).filter(({ pointer }) => pointer !== '/info/version')
}

function compare(a: unknown, b: unknown, path: string[], isDocumentation: boolean): Difference[] {
  const pointer = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (a === undefined) return [{ pointer, what: 'added', isDocumentation }]
  if (b === undefined) return [{ pointer, what: 'removed', isDocumentation }]
  if (!isObject(a) || !isObject(b)) return [{ pointer, what: 'changed', isDocumentation }]
  const [older, newer] = [members(a), members(b)]
  return [...new Set([...Object.keys(older), ...Object.keys(newer)])].flatMap((key) => {
    const isName = Array.isArray(a) || naming.test(path.at(-1) ?? '')
    const isWords = !isName && (documenting.test(key) || (key === 'tags' && path.length === 0))
    return compare(older[key], newer[key], [...path, key], isDocumentation || isWords)
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A list as a set: its entries by what they are. */
function members(value: object): Record<string, unknown> {
  if (!Array.isArray(value)) return value as Record<string, unknown>
  return Object.fromEntries(value.map((entry: unknown) => [keyOf(entry), entry]))
}

function keyOf(entry: unknown): string {
  return typeof entry === 'string' ? entry : JSON.stringify(entry)
}

/** What oasdiff does not look at: words, and whatever it has no check for. */
export function changesOfDocumentation(all: Difference[]): Change[] {
  return all.filter(({ isDocumentation }) => isDocumentation).map((difference) => toChange(difference, 'documentation'))
}

/** Of a reply's header oasdiff sees whether it is there, and not what is in it: a client that reads it would break unseen. */
export const ofHeaderValue = ({ pointer }: Difference) => /\/headers\/[^/]+\/schema(\/|$)/.test(pointer)

/** Without a tool that can tell, whatever is more than documentation counts as breaking: better a version too many. */
export function changesUnjudged(all: Difference[], label: Change['label']): Change[] {
  return all.filter(({ isDocumentation }) => !isDocumentation).map((difference) => toChange(difference, label))
}

function toChange({ pointer, what }: Difference, label: Change['label']): Change {
  return { label, text: `${what} ${pointer}`, operations: [] }
}
