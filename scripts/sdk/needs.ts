import { execFileSync } from 'node:child_process'

// Libraries that no command of a section installs go by the name of Debian's package, and are found wherever they came from.
const libraries: Record<string, string> = {
  'php-curl': 'php --ri curl',
  'php-mbstring': 'php --ri mbstring',
  'php-guzzlehttp-guzzle': `php -r 'require "GuzzleHttp/autoload.php";'`,
  'ruby-typhoeus': 'ruby -r typhoeus -e 1',
}

/** Whether a program or a library that a client needs is there. */
export function isThere(name: string): boolean {
  try {
    execFileSync('bash', ['-c', libraries[name] ?? 'command -v -- "$1"', '-', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
