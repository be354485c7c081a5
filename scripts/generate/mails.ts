import { readdir, readFile } from 'node:fs/promises'
import { parseTemplate, templatesFolder } from '../../src/mail/template.ts'

type Found = { file: string; name: string; language: string; placeholders: string[] }

/**
 * Generates generated/mails.ts from src/mail/templates/*.txt: the placeholders of each mail, which must be the same
 * in every language.
 * @throws Error that names the file when a file is missing or malformed, or when its placeholders differ from those
 * of another language
 */
export async function generateMails(folder: URL = templatesFolder): Promise<string> {
  const found = await readTemplates(folder)
  const names = [...new Set(found.map(({ name }) => name))]
  const languages = [...new Set(found.map(({ language }) => language))].sort()
  const fields = names.map((name) => {
    const all = languages.map((language) => find(found, name, language))
    return `  ${name}: ${typeOf(samePlaceholders(all))}`
  })
  return [
    `export const mailLanguages = [${languages.map((language) => `'${language}'`).join(', ')}] as const\n`,
    `/** Each mail and the values its text needs. */\nexport type Mails = {\n${fields.join('\n')}\n}\n`,
  ].join('\n')
}

async function readTemplates(folder: URL): Promise<Found[]> {
  const files = (await readdir(folder)).sort()
  return Promise.all(
    files.map(async (file) => {
      const [, name, language] = /^([a-z]\w*)\.([a-z]{2})\.txt$/i.exec(file) ?? []
      if (!name || !language) throw new Error(`${file}: a template is named <mail>.<language>.txt`)
      const { placeholders } = parseTemplate(file, await readFile(new URL(file, folder), 'utf8'))
      return { file, name, language, placeholders }
    }),
  )
}

function find(found: Found[], name: string, language: string): Found {
  const template = found.find((other) => other.name === name && other.language === language)
  if (!template) throw new Error(`${name}.${language}.txt is missing: every mail needs a template in every language`)
  return template
}

function samePlaceholders([first, ...others]: Found[]): string[] {
  const wanted = first?.placeholders ?? []
  for (const { file, placeholders } of others) {
    const difference = new Set(wanted).symmetricDifference(new Set(placeholders))
    if (difference.size > 0) {
      throw new Error(
        `${file}: {{${[...difference].join('}}, {{')}}} is not in every language (see ${first?.file ?? ''})`,
      )
    }
  }
  return wanted
}

function typeOf(placeholders: string[]): string {
  if (placeholders.length === 0) return 'Record<never, never>'
  return `{ ${placeholders.map((placeholder) => `${placeholder}: string`).join('; ')} }`
}
