import { readFileSync } from 'node:fs'
import { mailLanguages, type Mails } from '../../generated/mails.ts'
import { toHtml } from './layout.ts'
import { fill, parseTemplate, templatesFolder, valueOf, type Template } from './template.ts'

export type MailName = keyof Mails
export type Language = (typeof mailLanguages)[number]
export type RenderedMail = { subject: string; text: string; html: string }
export type ComposedMail = RenderedMail & { name: MailName; to: string; language: Language }

const templates = new Map<string, Template>()

/** A mail in a language: one line of subject, the text part, and the HTML part derived from it. */
export function renderMail<Name extends MailName>(name: Name, language: Language, given: Mails[Name]): RenderedMail {
  const template = readTemplate(`${name}.${language}.txt`)
  const values = withoutControls(given)
  return {
    subject: fill(template.subject, values),
    text: toText(template, values),
    html: toHtml(template, language, values),
  }
}

/** @returns English for a language without mails */
export function asLanguage(text: string): Language {
  return mailLanguages.find((language) => language === text) ?? 'en'
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

/** No value can start a new line, of a header or of the text. */
function withoutControls(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')]),
  )
}
