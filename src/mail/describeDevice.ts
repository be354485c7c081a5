import type { Language } from './language.ts'

// The first matching entry names the browser. Most browsers also name the common browsers that they are compatible
// with, so rarer names come first.
const browsers: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\/\d/, 'Edge'],
  [/\b(?:OPR|OPT|OPX|OPiOS|Opera)\/\d/, 'Opera'],
  [/\bYaBrowser\/\d/, 'Yandex Browser'],
  [/\bSamsungBrowser\/\d/, 'Samsung Internet'],
  [/\bVivaldi\/\d/, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\b/, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\b/, 'Chrome'],
  [/\bVersion\/\d\S* (?:Mobile\/\S+ )?Safari\b/, 'Safari'],
  [/^curl\/\d/, 'curl'],
  [/^Wget\/\d/, 'Wget'],
  [/^(?:python-requests|python-httpx|Python-urllib|Python)\/\d/, 'Python'],
  [/^okhttp\/\d/, 'okhttp'],
  [/^Go-http-client\/\d/, 'Go'],
]

const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X|macOS)\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const words: Record<Language, { on: string; unknown: string }> = {
  en: { on: 'on', unknown: 'an unknown device' },
  ru: { on: 'на', unknown: 'неизвестное устройство' },
}

/**
 * Names the device of a User-Agent for a mail, such as "Firefox on Linux". Any client can choose both the User-Agent
 * and the recipient of the mail, so the mail contains only names from the lists above (security 101).
 */
export function describeDevice(userAgent: string, language: Language): string {
  const { on, unknown } = words[language]
  const names = [browsers, systems].flatMap((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? [])
  return names.length === 0 ? unknown : names.join(` ${on} `)
}
