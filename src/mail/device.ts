import type { Language } from './render.ts'

// The first that fits. Most browsers name those that they are compatible with, so the rarer name comes first.
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
 * Names the device of a User-Agent for a mail: "Firefox on Linux". A stranger writes the User-Agent and chooses who gets
 * the mail, so nothing of it is repeated but names of this list (security 101).
 */
export function describeDevice(userAgent: string, language: Language): string {
  const { on, unknown } = words[language]
  const names = [browsers, systems].flatMap((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? [])
  return names.length === 0 ? unknown : names.join(` ${on} `)
}
