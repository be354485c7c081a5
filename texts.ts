import { fill } from '../../formats.ts'
import { deviceNames } from '../../../mail/deviceNames.ts'
import { language } from '../language.ts'
import { en, type AreaTexts } from './texts.en.ts'
import { ru } from './texts.ru.ts'

const texts = { en, ru }

/** Returns the texts of the pages of signed-in users, in the current language. */
export function useAreaTexts(): AreaTexts {
  return texts[language.value]
}

/** Names a device as people say it, such as "Firefox on Linux". */
export function nameDevice(userAgent: string, { device, unknownDevice }: AreaTexts): string {
  const [browser, system] = deviceNames(userAgent)
  if (browser === undefined) return unknownDevice
  return system === undefined ? browser : fill(device, { browser, system })
}

export function formatTime(time: string): string {
  const locale = language.value === 'ru' ? 'ru-RU' : 'en-GB'
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))
}
