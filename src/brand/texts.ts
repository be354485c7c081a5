import type { SomeOf } from './mergeTexts.ts'
import type { PagesFolder, Report } from './pagesFolder.ts'
import { parseTree, type Tree } from './parseTree.ts'

/**
 * Reads `texts/<language>.json`, whose texts replace those of the same names.
 * @param originals the texts of each language
 */
export function readTexts<Language extends string, Originals>(
  folder: PagesFolder,
  originals: Readonly<Record<Language, Originals & Tree>>,
): Partial<Record<Language, SomeOf<Originals>>> {
  if (!folder.has('texts')) return {}
  const languages = folder.list('texts', Object.keys(originals) as Language[], '.json')
  const entries = languages.map((language) => {
    const parse = (content: Buffer, report: Report) => parseTree(content, originals[language], checkText, report)
    return [language, folder.read(`texts/${language}.json`, parse)] as const
  })
  return Object.fromEntries(entries) as Partial<Record<Language, SomeOf<Originals>>>
}

const placeholder = /\{\{\w+\}\}/g

function checkText(text: string, original: string): string | undefined {
  if (text.trim() === '') return 'must not be empty'
  const known: readonly string[] = original.match(placeholder) ?? []
  const unknown = text.match(placeholder)?.find((each) => !known.includes(each))
  if (unknown !== undefined)
    return `contains ${unknown}, which is unknown; this text has ${known.length > 0 ? known.join(', ') : 'no placeholders'}`
  if (/\{\{|\}\}/.test(text.replaceAll(placeholder, ''))) return 'contains braces; a placeholder is written {{name}}'
  return undefined
}
