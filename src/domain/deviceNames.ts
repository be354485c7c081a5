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

/** The browser (or program) and the system of a device. */
export type DeviceNames = { browser: string | undefined; system: string | undefined }

/**
 * Finds the names of a device in its User-Agent. Any client can choose its User-Agent, so people see only names from
 * the lists above (security 101).
 */
export function findDeviceNames(userAgent: string): DeviceNames {
  const [browser, system] = [browsers, systems].map((list) => list.find(([pattern]) => pattern.test(userAgent))?.[1])
  return { browser, system }
}
