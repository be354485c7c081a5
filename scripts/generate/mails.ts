import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseTemplate, templatesFolder } from '../../src/mail/template.ts'
import { commonPlaceholders } from '../../src/mail/templateValues.ts'
import { parseWords } from '../../src/mail/words.ts'

type Found = { file: string; name: string; language: string; placeholders: string[] }

/**
 * Generates generated/mails.ts from src/mail/templates/<language>/: the languages, the mails, and the placeholders of
 * each mail, which must be the same in every language.
 * @throws Error that names the file when a file is missing or malformed, or when its placeholders differ from those
 * of another language
 */
export async function generateMails(folder = templatesFolder): Promise<string> {
  const languages = (await readdir(folder)).sort()
  const found = (await Promise.all(languages.map((language) => readLanguage(folder, language)))).flat()
  const names = [...new Set(found.map(({ name }) => name))]
  const fields = names.map((name) => {
    const all = languages.map((language) => find(found, name, language))
    return `  ${name}: ${typeOf(samePlaceholders(all))}`
  })
  const list = (texts: string[]) => texts.map((text) => `'${text}'`).join(', ')
  return [
    `export const mailLanguages = [${list(languages)}] as const\n`,
    `export const mailNames = [${list(names)}] as const\n`,
    `/** Each mail and the values that only this mail needs. */\nexport type Mails = {\n${fields.join('\n')}\n}\n`,
  ].join('\n')
}

async function readLanguage(folder: string, language: string): Promise<Found[]> {
  const files = (await readdir(join(folder, language))).sort()
  const read = (file: string) => readFile(join(folder, file), 'utf8')
  parseWords(`${language}/words.json`, await read(`${language}/words.json`))
  return Promise.all(
    files
      .filter((file) => file !== 'words.json')
      .map(async (each) => {
        const file = `${language}/${each}`
        const [, name] = /^([a-z]\w*)\.txt$/i.exec(each) ?? []
        if (!name) throw new Error(`${file}: a template is named <mail>.txt`)
        const source = await read(file)
        try {
          return { file, name, language, placeholders: parseTemplate(source).placeholders }
        } catch (error) {
          throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
        }
      }),
  )
}

function find(found: Found[], name: string, language: string): Found {
  const template = found.find((other) => other.name === name && other.language === language)
  if (!template) throw new Error(`${language}/${name}.txt is missing: every mail needs a template in every language`)
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
  return wanted.filter((name) => !commonPlaceholders.includes(name))
}

function typeOf(placeholders: string[]): string {
  if (placeholders.length === 0) return 'Record<never, never>'
  return `{ ${placeholders.map((placeholder) => `${placeholder}: string`).join('; ')} }`
}
