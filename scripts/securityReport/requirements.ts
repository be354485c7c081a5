export type Requirement = { section: string; number: number; text: string; source: string }

// The pattern allows several spaces after the number, because Prettier inserts spaces to align the texts.
const requirementLine = /^(\d+)\. +(.+?)(?: _([^_]+)_)?$/

/**
 * Reads the requirements of docs/security.md. Each requirement is an item of a list under a heading and has a number,
 * a text and, in italics, a source.
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
