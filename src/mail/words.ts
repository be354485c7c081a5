/** The words of a language that templates do not contain: src/mail/templates/<language>/words.json. */
export type Words = {
  /** The locale of times. */
  locale: string
  /** A device with a known browser and a known system: {{browser}} and {{system}}. */
  device: string
  unknownDevice: string
  /** The labels of the links in the footer. */
  terms: string
  privacy: string
}

/** Reads the words of a language. @throws Error that names the file when words are missing or unknown */
export function parseWords(file: string, source: string): Words {
  const words = JSON.parse(source) as Partial<Words>
  const { locale = '', device = '', unknownDevice = '', terms = '', privacy = '' } = words
  if (Object.keys(words).length !== 5 || !locale || !device || !unknownDevice || !terms || !privacy)
    throw new Error(`${file}: the words are locale, device, unknownDevice, terms and privacy`)
  return { locale, device, unknownDevice, terms, privacy }
}
