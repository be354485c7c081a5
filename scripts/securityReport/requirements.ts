export type Requirement = { section: string; number: number; text: string; source: string }

// Prettier aligns the text after a number of three digits by a second space.
const requirementLine = /^(\d+)\. +(.+?)(?: _([^_]+)_)?$/

/**
 * Reads the requirements of docs/security.md. Each is an item of a list under a heading: its number, its text and, in
 * italics, its source.
 */
export function readRequirements(page: string): Requirement[] {
  const unwrapped = page.replace(/\n {2,}(?=\S)/g, ' ')
  return unwrapped.split(/^## /m).flatMap((part) => {
    const [section = '', ...lines] = part.split('\n')
    return lines.flatMap((line) => {
      const [, number, text = '', source = ''] = requirementLine.exec(line) ?? []
      return number === undefined ? [] : [{ section, number: Number(number), text, source }]
    })
  })
}
