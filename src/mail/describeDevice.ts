import { fill } from './template.ts'
import type { Words } from './words.ts'

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

/**
 * Names the device of a User-Agent for a mail, such as "Firefox on Linux". Any client can choose both the User-Agent
 * and the recipient of the mail, so the mail contains only names from the lists above (security 101).
 */
export function describeDevice(userAgent: string, { device, unknownDevice }: Words): string {
  const [browser, system] = [browsers, systems].map((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1])
  return browser && system ? fill(device, { browser, system }) : (browser ?? system ?? unknownDevice)
}
