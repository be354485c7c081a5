import { closest } from 'fastest-levenshtein'
import type { Report } from './pagesFolder.ts'

/** Texts by their names, in groups. */
export type Tree = { [name: string]: string | Tree }

/** Checks a text against the original one. @returns the mistake, as the end of a sentence that begins with its name */
export type CheckText = (text: string, original: string) => string | undefined

/**
 * Parses JSON that may contain any of an original's texts, under the same names.
 * @returns undefined if mistakes were reported
 * @throws Error if the content is not JSON
 */
export function parseTree(content: Buffer, original: Tree, checkText: CheckText, report: Report): Tree | undefined {
  const value = parseJson(content)
  const mistakes = [...findMistakes(value, original, [], checkText)]
  for (const mistake of mistakes) report(mistake)
  return mistakes.length === 0 ? (value as Tree) : undefined
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString().replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

function* findMistakes(
  value: unknown,
  original: string | Tree,
  path: readonly string[],
  checkText: CheckText,
): Iterable<string> {
  const subject = path.join('.') || 'the content'
  if (typeof original === 'string') {
    const mistake = typeof value === 'string' ? checkText(value, original) : 'must be a text'
    if (mistake !== undefined) yield `${subject} ${mistake}`
    return
  }
  const names = Object.keys(original)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield `${subject} must be an object with ${names.join(', ')}`
    return
  }
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(original, name) ? original[name] : undefined
    if (known !== undefined) yield* findMistakes(member, known, [...path, name], checkText)
    else yield `${[...path, name].join('.')} is unknown. Did you mean ${[...path, closest(name, names)].join('.')}?`
  }
}
