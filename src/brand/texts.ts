import type { SchemaObject } from 'ajv/dist/2020.js'
import { parseJson } from './json.ts'
import type { SomeOf } from './mergeTexts.ts'
import type { PagesFolder, Report } from './pagesFolder.ts'

/** Texts by their names, in groups. */
type Texts = { [name: string]: string | Texts }

/**
 * Reads `texts/<language>.json`, whose texts replace those of the same names.
 * @param originals the texts of each language
 */
export function readTexts<Language extends string, Originals>(
  folder: PagesFolder,
  originals: Readonly<Record<Language, Originals & Texts>>,
): Partial<Record<Language, SomeOf<Originals>>> {
  if (!folder.has('texts')) return {}
  const languages = folder.list('texts', Object.keys(originals) as Language[], '.json')
  const entries = languages.map((language) => {
    const original = originals[language]
    const parse = (content: Buffer, report: Report) => parseTexts(content, original, report)
    return [language, folder.read(`texts/${language}.json`, parse)] as const
  })
  return Object.fromEntries(entries) as Partial<Record<Language, SomeOf<Originals>>>
}

function parseTexts(content: Buffer, originals: Texts, report: Report): Texts | undefined {
  const texts = parseJson<Texts>(content, schemaOf(originals), report)
  if (texts) checkPlaceholders(texts, originals, '', report)
  return texts
}

function schemaOf(original: string | Texts): SchemaObject {
  if (typeof original === 'string') return { type: 'string', pattern: '\\S', description: 'a text' }
  const properties = Object.entries(original).map(([name, text]) => [name, schemaOf(text)] as const)
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    description: 'an object with texts',
  }
}

const placeholder = /\{\{\w+\}\}/g

function checkPlaceholders(texts: Texts, originals: Texts, prefix: string, report: Report): void {
  for (const [name, text] of Object.entries(texts)) {
    const original = originals[name] ?? ''
    if (typeof text === 'object') checkPlaceholders(text, original as Texts, `${prefix}${name}.`, report)
    else {
      const known = String(original).match(placeholder) ?? []
      const unknown = (text.match(placeholder) ?? []).find((each) => !known.includes(each as never))
      const expected = known.length > 0 ? `this text has ${known.join(', ')}` : 'this text has no placeholders'
      if (unknown !== undefined) report(`${prefix}${name}: ${unknown} is unknown; ${expected}`)
      else if (/\{\{|\}\}/.test(text.replaceAll(placeholder, '')))
        report(`${prefix}${name}: a placeholder is written {{name}}`)
    }
  }
}
