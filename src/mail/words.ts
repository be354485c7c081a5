/** The words of a language that templates do not contain: src/mail/templates/<language>/words.json. */
export type Words = {
  /** The locale of times. */
  locale: string
  /** A device with a known browser and a known system: {{browser}} and {{system}}. */
  device: string
  unknownDevice: string
}

/** Reads the words of a language. @throws Error that names the file when words are missing or unknown */
export function parseWords(file: string, source: string): Words {
  const words = JSON.parse(source) as Partial<Words>
  const { locale = '', device = '', unknownDevice = '' } = words
  if (Object.keys(words).length !== 3 || !locale || !device || !unknownDevice)
    throw new Error(`${file}: the words are locale, device and unknownDevice`)
  return { locale, device, unknownDevice }
}
