export type Block = { kind: 'text'; text: string } | { kind: 'link'; label: string; placeholder: string }

export type Template = {
  subject: string
  blocks: Block[]
  /** The names of the placeholders, sorted and without duplicates. */
  placeholders: string[]
}

export const templatesFolder = new URL('./templates/', import.meta.url)

const placeholder = /\{\{(\w+)\}\}/g

/**
 * Reads a template: `Subject: …`, an empty line, then paragraphs; a paragraph `[Label]({{link}})` is a link.
 * @throws Error that names the file when the template is malformed
 */
export function parseTemplate(file: string, source: string): Template {
  const [first = '', ...paragraphs] = source.trim().split(/\n{2,}/)
  const subject = /^Subject: (\S.*)$/.exec(first)?.[1]
  if (!subject) throw new Error(`${file}: the first paragraph must be one line, "Subject: …"`)
  if (paragraphs.length === 0) throw new Error(`${file}: there is no text after the subject`)
  const rest = source.replaceAll(placeholder, '')
  if (/\{\{|\}\}/.test(rest)) throw new Error(`${file}: a placeholder is written {{name}}`)
  const names = [...source.matchAll(placeholder)].map(([, name = '']) => name)
  return {
    subject,
    blocks: paragraphs.map((paragraph) => parseParagraph(file, paragraph)),
    placeholders: [...new Set(names)].sort(),
  }
}

/** Replaces placeholders by values in one pass, so that a value that looks like a placeholder is not replaced. */
export function fill(text: string, values: Record<string, string>, encode = (value: string) => value): string {
  return text.replaceAll(placeholder, (_, name: string) => encode(valueOf(values, name)))
}

export function valueOf(values: Record<string, string>, name: string): string {
  const value = values[name]
  if (value === undefined) throw new Error(`The mail has no value for {{${name}}}`)
  return value
}

function parseParagraph(file: string, paragraph: string): Block {
  const [, label, name] = /^\[([^[\]{}]+)\]\(\{\{(\w+)\}\}\)$/.exec(paragraph.trim()) ?? []
  if (label && name) return { kind: 'link', label, placeholder: name }
  if (paragraph.includes('](')) throw new Error(`${file}: a link is a separate paragraph, [Label]({{link}})`)
  return { kind: 'text', text: paragraph.trim() }
}
