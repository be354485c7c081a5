/** Some of an object's texts, under the same names. */
export type SomeOf<Texts> = Texts extends string ? string : { [Name in keyof Texts]?: SomeOf<Texts[Name]> }

/** Replaces the texts for which the product has its own version. */
export function mergeTexts<Texts>(texts: Texts, own: SomeOf<Texts> | undefined): Texts {
  return merge(texts, own) as Texts
}

function merge(texts: unknown, own: unknown): unknown {
  if (own === undefined || typeof texts !== 'object') return own ?? texts
  const entries = Object.entries(texts as object).map(([name, text]: [string, unknown]) => {
    return [name, merge(text, (own as Record<string, unknown>)[name])] as const
  })
  return Object.fromEntries(entries)
}
