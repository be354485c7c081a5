import { existsSync } from 'node:fs'

/** The paths at which Chromium may be installed. The first that exists is used. */
const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Returns the options with which playwright-core starts the installed Chromium, or undefined if there is none. */
export function findChromium(): { executablePath: string; args: string[] } | undefined {
  const executablePath = candidates.find((path) => existsSync(path))
  return executablePath === undefined ? undefined : { executablePath, args: ['--no-sandbox'] }
}
