import { readFileSync } from 'node:fs'
import type { Mails } from '../../generated/mails.ts'
import type { Language } from './language.ts'
import { toHtml } from './layout.ts'
import { fill, parseTemplate, templatesFolder, valueOf, type Template } from './template.ts'

export type MailName = keyof Mails
export type RenderedMail = { subject: string; text: string; html: string }

const templates = new Map<string, Template>()

/**
 * Renders a template in a language. The result has the subject in one line, the text part, and the HTML part, which
 * is derived from the text part.
 */
export function renderMail<Name extends MailName>(name: Name, language: Language, values: Mails[Name]): RenderedMail {
  const template = readTemplate(`${name}.${language}.txt`)
  const cleaned = withoutControls(values)
  return {
    subject: fill(template.subject, cleaned),
    text: toText(template, cleaned),
    html: toHtml(template, language, cleaned),
  }
}

function readTemplate(file: string): Template {
  const known = templates.get(file)
  if (known) return known
  const template = parseTemplate(file, readFileSync(new URL(file, templatesFolder), 'utf8'))
  templates.set(file, template)
  return template
}

function toText({ blocks }: Template, values: Record<string, string>): string {
  const paragraphs = blocks.map((block) =>
    block.kind === 'text' ? fill(block.text, values) : `${block.label}:\n${valueOf(values, block.placeholder)}`,
  )
  return `${paragraphs.join('\n\n')}\n`
}

/** Removes control characters from the values, so that no value can start a new line in a header or in the text. */
function withoutControls(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')]),
  )
}
