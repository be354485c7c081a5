import { findDeviceNames } from '../domain/deviceNames.ts'
import type { Language } from './language.ts'

const words: Record<Language, { on: string; unknown: string }> = {
  en: { on: 'on', unknown: 'an unknown device' },
  ru: { on: 'на', unknown: 'неизвестное устройство' },
}

/** Names the device of a User-Agent for a mail, such as "Firefox on Linux". */
export function describeDevice(userAgent: string, language: Language): string {
  const { on, unknown } = words[language]
  const { browser, system } = findDeviceNames(userAgent)
  return [browser, system].filter((name) => name !== undefined).join(` ${on} `) || unknown
}
