/** The templates in PAGES_DIR, which replace our own. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import { StartError } from '../problems.ts'
import type { Language } from './language.ts'
import { parseTemplate, type Template } from './template.ts'
import { commonPlaceholders } from './templateValues.ts'

type Originals = Record<Language, { templates: Record<(typeof mailNames)[number], Template> }>
type Override = { language: Language; name: (typeof mailNames)[number]; template: Template }

/**
 * Reads `mails/<language>/<name>.txt` in PAGES_DIR.
 * @throws StartError with one line for each mistake
 */
export function readOverrides(pagesDir: string, originals: Originals): Override[] {
  const mistakes: string[] = []
  const attempt = <Result>(read: () => Result[]): Result[] => {
    try {
      return read()
    } catch (error) {
      mistakes.push((error as Error).message)
      return []
    }
  }
  /** Lists the known names in a folder. Hidden files, such as those of Kubernetes, are ignored. */
  const list = <Name extends string>(folder: string, known: readonly Name[], suffix = ''): Name[] => {
    const present = attempt(() => readdirSync(folder).filter((name) => !name.startsWith('.')))
    const unknown = present.filter((name) => !known.some((each) => name === each + suffix)).sort()
    const expected = known.map((name) => name + suffix).join(', ')
    mistakes.push(...unknown.map((name) => `${join(folder, name)}: the possible names are ${expected}`))
    return known.filter((name) => present.includes(name + suffix))
  }
  const overrides = list(pagesDir, ['mails']).flatMap((folder) =>
    list(join(pagesDir, folder), mailLanguages).flatMap((language) =>
      list(join(pagesDir, folder, language), mailNames, '.txt').flatMap((name) => {
        const file = join(pagesDir, folder, language, `${name}.txt`)
        const original = originals[language].templates[name]
        return attempt(() => [{ language, name, template: readOverride(file, original) }])
      }),
    ),
  )
  if (mistakes.length > 0) throw new StartError(['Wrong files in PAGES_DIR:', ...mistakes].join('\n  '))
  return overrides
}

function readOverride(file: string, original: Template): Template {
  const template = parseTemplate(file, readFileSync(file, 'utf8'))
  const known = [...original.placeholders, ...commonPlaceholders]
  const unknown = template.placeholders.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`${file}: {{${unknown}}} is unknown; this mail has {{${[...new Set(known)].join('}}, {{')}}}`)
  if (original.placeholders.includes('link') && !template.placeholders.includes('link'))
    throw new Error(`${file}: the link [Label]({{link}}) is missing`)
  return template
}
