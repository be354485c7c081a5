import type { Mails } from '../../generated/mails.ts'
import { readBrand } from '../brand/brand.ts'
import type { MailLogo } from '../brand/logos.ts'
import { readPagesFolder } from '../brand/pagesFolder.ts'
import { chooseLanguage, type Language } from './language.ts'
import { toHtml, toText } from './layout.ts'
import { fill } from './template.ts'
import { readTemplates, type MailName } from './templates.ts'
import { commonValues, formatValues, serviceName, type ProductSettings } from './templateValues.ts'

export type RenderedMail = {
  subject: string
  text: string
  html: string
  /** The logo, which the HTML part shows if there is one. */
  logo?: MailLogo | undefined
}
export type RenderMail = <Name extends MailName>(
  name: Name,
  language: string | null,
  values: Mails[Name],
) => RenderedMail & { language: Language }
export type MailSettings = ProductSettings & { pagesDir: string | undefined }

/**
 * Loads all templates, and makes a function that renders them in the recipient's language. The result has the subject
 * in one line, the text part, and the HTML part.
 * @throws StartError when PAGES_DIR contains a mistake
 */
export function createRenderer(settings: MailSettings): RenderMail {
  const { baseUrl, productUrl, termsUrl, privacyUrl } = settings
  const { all, brand } = readPagesFolder(settings.pagesDir, (folder) => ({
    all: readTemplates(folder),
    brand: readBrand(folder),
  }))
  const { button } = brand.colors
  const logo = brand.logos.mail
  const common = withoutControls(commonValues(settings))
  const sender = { product: common['product'] ?? '', productUrl, host: serviceName(baseUrl), button, logo }
  return (name, preferred, given) => {
    const language = chooseLanguage(preferred)
    const { words, templates } = all[language]
    const values = { ...common, ...withoutControls(formatValues(given, words, baseUrl)) }
    const template = templates[name]
    const pages = { [words.terms]: termsUrl, [words.privacy]: privacyUrl }
    const links = Object.entries(pages).flatMap(([label, url]) => (url === undefined ? [] : [{ label, url }]))
    return {
      subject: fill(template.subject, values),
      text: toText(template, values, { ...sender, links }),
      html: toHtml(template, language, values, { ...sender, links }),
      language,
      logo,
    }
  }
}

/** Removes control characters from the values, so that no value can start a new line in a header or in the text. */
function withoutControls(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')]),
  )
}
