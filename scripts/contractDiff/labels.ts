/**
 * The effect of a change on clients that were generated from the older description, and on code that uses these
 * clients.
 */
export type Label = 'breaking' | 'non-breaking' | 'documentation'
export type What = 'added' | 'removed' | 'changed' | 'reordered'

// The labels of changes that oasdiff does not see. A JSON pointer to the changed part selects the rule.
const rules: [pointer: RegExp, label: (what: What) => Label | undefined][] = [
  // The reply check and the constants in generated clients are derived from these keywords. Clients must expect new
  // values, but their code may contain the name of an existing value.
  [/\/x-(extensible-enum|enum-varnames|pattern|order)(\/|$)/, breakingUnlessAdded],
  // No client code is generated from links. Only programs that follow links, such as contract testers, notice a
  // change.
  [/\/(components|responses\/[^/]+)\/links(\/|$)/, () => 'non-breaking'],
  [/^\/servers(\/|$)/, () => 'non-breaking'],
  // oasdiff checks whether a reply has a header, but not the schema of its value.
  [/\/headers\/[^/]+\/schema(\/|$)/, () => 'breaking'],
  // Generators name types after components, and the type of a member or body after the schema that it refers to.
  [/^\/components\/(parameters|requestBodies|responses)\/[^/]+$/, breakingIfRemoved],
  [/\/(schema|items|properties\/[^/]+)\/\$ref$/, (what) => (what === 'changed' ? 'breaking' : undefined)],
]

/**
 * Returns the label of a difference in the API itself, not only in its documentation.
 * @param what the kind of difference. `reordered` is breaking unless a rule says otherwise, because positional
 * parameters, the numbers of enum values and default media types depend on the order
 * @returns undefined if oasdiff has to decide
 */
export function labelOf(pointer: string, what: What): Label | undefined {
  const [, label] = rules.find(([pattern]) => pattern.test(pointer)) ?? []
  return label?.(what) ?? (what === 'reordered' ? 'breaking' : undefined)
}

function breakingUnlessAdded(what: What): Label {
  return what === 'added' ? 'non-breaking' : 'breaking'
}

function breakingIfRemoved(what: What): Label | undefined {
  return what === 'removed' ? 'breaking' : undefined
}
