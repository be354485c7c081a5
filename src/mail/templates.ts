import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import type { PagesFolder } from '../brand/pagesFolder.ts'
import type { Language } from './language.ts'
import { readOverrides } from './overrides.ts'
import { parseTemplate, templatesFolder, type Template } from './template.ts'
import { parseWords, type Words } from './words.ts'

export type MailName = (typeof mailNames)[number]
export type Templates = Record<Language, { words: Words; templates: Record<MailName, Template> }>

/**
 * Reads the templates of all mails. Files in PAGES_DIR replace templates. Mistakes in these files are reported to
 * `folder`.
 */
export function readTemplates(folder: PagesFolder): Templates {
  const languages = mailLanguages.map((language) => [language, readLanguage(language)] as const)
  const builtIn = Object.fromEntries(languages) as Templates
  for (const { language, name, template } of readOverrides(folder, builtIn))
    builtIn[language].templates[name] = template
  return builtIn
}

function readLanguage(language: Language): Templates[Language] {
  const folder = join(templatesFolder, language)
  const templates = mailNames.map((name) => {
    return [name, parseTemplate(readFileSync(join(folder, `${name}.txt`), 'utf8'))] as const
  })
  const file = join(folder, 'words.json')
  return {
    words: parseWords(file, readFileSync(file, 'utf8')),
    templates: Object.fromEntries(templates) as Record<MailName, Template>,
  }
}
