/** The format of templates: a text file from which both the text part and the HTML part of a mail are made. */
import { join } from 'node:path'

export type Block = { kind: 'text'; lines: string[] } | { kind: 'link'; label: string; placeholder: string }

export type Template = {
  subject: string
  /** The line that mail readers show next to the subject in the list of mails. */
  preview: string
  blocks: Block[]
  /** The footer, which says why the recipient gets the mail. */
  reason: string
  /** The names of the placeholders, sorted and without duplicates. */
  placeholders: string[]
}

export const templatesFolder = join(import.meta.dirname, 'templates')

const placeholder = /\{\{(\w+)\}\}/g
const linkPlaceholder = /\{\{(?:link|\w+Link)\}\}/

/**
 * Reads a template: the lines `Subject: …` and `Preview: …`, an empty line, paragraphs, and after the line `--` the
 * footer. A paragraph `[Label]({{link}})` is a link.
 * @throws Error when the template is malformed
 */
export function parseTemplate(source: string): Template {
  const fail = (mistake: string): never => {
    throw new Error(mistake)
  }
  const text = source
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim()
  const [content = '', reason = '', ...rest] = text.split(/^--[^\S\n]*$/m).map((part) => part.trim())
  const [first = '', ...paragraphs] = content.split(/\n(?:[^\S\n]*\n)+/)
  const [, subject = '', preview = ''] = /^Subject: (\S.*)\nPreview: (\S.*)$/.exec(first) ?? []
  if (!subject) fail('the first paragraph must be two lines, "Subject: …" and "Preview: …"')
  if (paragraphs.length === 0) fail('there is no text after the subject')
  if (!reason || reason.includes('\n') || rest.length > 0)
    fail('the end must be a line "--" and one line that says why the recipient gets the mail')
  if (/\{\{|\}\}/.test(text.replaceAll(placeholder, ''))) fail('a placeholder is written {{name}}')
  const blocks = paragraphs.map(parseParagraph)
  const texts = [subject, preview, reason, ...blocks.flatMap((block) => (block.kind === 'text' ? block.lines : []))]
  if (texts.some((line) => line.includes('](') || linkPlaceholder.test(line)))
    fail('a link is a separate paragraph, [Label]({{link}})')
  const names = [...text.matchAll(placeholder)].map(([, name = '']) => name)
  return { subject, preview, blocks, reason, placeholders: [...new Set(names)].sort() }
}

function parseParagraph(paragraph: string): Block {
  const [, label, name] = /^\[([^[\]{}\n]+)\]\(\{\{(link|\w+Link)\}\}\)$/.exec(paragraph.trim()) ?? []
  if (label && name) return { kind: 'link', label, placeholder: name }
  return { kind: 'text', lines: paragraph.split('\n').map((line) => line.trim()) }
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
