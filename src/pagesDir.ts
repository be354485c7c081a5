import { readBrand, type Brand } from './brand/brand.ts'
import { mergeTexts } from './brand/mergeTexts.ts'
import { readPagesFolder } from './brand/pagesFolder.ts'
import { readTexts } from './brand/texts.ts'
import { en as accountEn } from './browser/account/texts.en.ts'
import { ru as accountRu } from './browser/account/texts.ru.ts'
import { en as logsEn } from './browser/logs/texts.en.ts'
import { ru as logsRu } from './browser/logs/texts.ru.ts'
import { en as entryEn } from './browser/texts/en.ts'
import { ru as entryRu } from './browser/texts/ru.ts'
import { readTemplates } from './mail/templates.ts'
import { texts } from './pages/texts.ts'

const originals = {
  en: { links: texts.en, entry: entryEn, account: accountEn, logs: logsEn },
  ru: { links: texts.ru, entry: entryRu, account: accountRu, logs: logsRu },
}

/**
 * Reads all files in PAGES_DIR: the brand, and the texts of pages. It also checks the templates of mails.
 * @param path undefined if PAGES_DIR is not set; the brand and the texts are then those of Gatehouse
 * @throws StartError with one line for each mistake
 */
export function readPagesDir(path: string | undefined): {
  brand: Brand
  /** The texts of the pages that the service renders. */
  texts: typeof texts
  /** The texts that replace those in the scripts of pages, in JSON. */
  scriptTexts: string | undefined
} {
  const { brand, own } = readPagesFolder(path, (folder) => {
    if (folder.has('mails')) readTemplates(folder)
    return { brand: readBrand(folder), own: readTexts(folder, originals) }
  })
  const scriptTexts = Object.entries(own).map(([language, { links: _links, ...groups }]) => [language, groups])
  return {
    brand,
    texts: { en: mergeTexts(texts.en, own.en?.links), ru: mergeTexts(texts.ru, own.ru?.links) },
    scriptTexts: scriptTexts.length === 0 ? undefined : JSON.stringify(Object.fromEntries(scriptTexts)),
  }
}
