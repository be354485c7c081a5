/** The templates in PAGES_DIR, which replace our own. */
import { join } from 'node:path'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import type { PagesFolder } from '../brand/pagesFolder.ts'
import type { Language } from './language.ts'
import { parseTemplate, type Template } from './template.ts'
import { commonPlaceholders } from './templateValues.ts'

type Originals = Record<Language, { templates: Record<(typeof mailNames)[number], Template> }>
type Override = { language: Language; name: (typeof mailNames)[number]; template: Template }

/** Reads `mails/<language>/<name>.txt` in PAGES_DIR. Mistakes are reported to `folder` (PagesFolder). */
export function readOverrides(folder: PagesFolder, originals: Originals): Override[] {
  if (!folder.has('mails')) return []
  return folder.list('mails', mailLanguages).flatMap((language) =>
    folder.list(join('mails', language), mailNames, '.txt').flatMap((name) => {
      const original = originals[language].templates[name]
      const template = folder.read(join('mails', language, `${name}.txt`), (content) =>
        parseOverride(content.toString(), original),
      )
      return template ? [{ language, name, template }] : []
    }),
  )
}

/** @throws Error when the template is malformed */
function parseOverride(source: string, original: Template): Template {
  const template = parseTemplate(source)
  const known = [...original.placeholders, ...commonPlaceholders]
  const unknown = template.placeholders.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`{{${unknown}}} is unknown; this mail has {{${[...new Set(known)].join('}}, {{')}}}`)
  if (original.placeholders.includes('link') && !template.placeholders.includes('link'))
    throw new Error('the link [Label]({{link}}) is missing')
  return template
}
