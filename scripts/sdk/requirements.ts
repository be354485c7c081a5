import { execFileSync } from 'node:child_process'

// These libraries have the names of their Debian packages. Any installation of them will do.
const libraryChecks: Record<string, string> = {
  'php-curl': 'php --ri curl',
  'php-mbstring': 'php --ri mbstring',
  'php-guzzlehttp-guzzle': `php -r 'require "GuzzleHttp/autoload.php";'`,
  'ruby-typhoeus': 'ruby -r typhoeus -e 1',
}

/** Whether a program or library that a client needs is installed. */
export function isInstalled(name: string): boolean {
  try {
    execFileSync('bash', ['-c', libraryChecks[name] ?? 'command -v -- "$1"', '-', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
