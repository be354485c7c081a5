import { execFileSync } from 'node:child_process'

// The shell commands that check whether a library is installed. The keys are the names of Debian packages, but a
// library that was installed in another way is found too.
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
