import { InvalidArgumentError, type Command } from 'commander'
import type { Comparison } from '../shadow/shadow.ts'
import type { Terminal } from './terminal.ts'
import { waitForEnd } from './waitForEnd.ts'

const description = `compares the replies of the service with those of a Django project, until it is stopped

Listens as a proxy in front of the service. Every request goes to the service, and clients get its reply. GET
/api/v1/users/me/ and GET /api/v1/logs/login/ go to the Django project, too, with the same access token. Differences that
docs/django-parity.md documents are not reported. docs/from-django.md says what the Django project needs.`

type Options = { django: URL; gatehouse: URL; host: string; port: number; ignore: string[]; values?: true; json?: true }

export function addShadow(program: Command, terminal: Terminal): void {
  program
    .command('shadow')
    .description(description)
    .requiredOption('--django <url>', 'the URL of the Django project', asUrl)
    .option('--gatehouse <url>', 'the URL of the service', asUrl, new URL('http://127.0.0.1:8000'))
    .option('--host <address>', 'the address on which the proxy listens', '127.0.0.1')
    .option('--port <port>', 'the port on which the proxy listens', asPort, 8080)
    .option('--ignore <members>', 'members that are not compared, such as count,last_login', asList, [])
    .option('--values', 'also print the values that differ, which may be personal data')
    .option('--json', 'print each difference and the summary as one line of JSON')
    .action((options: Options) => runShadow(options, terminal))
}

async function runShadow(options: Options, { print }: Terminal): Promise<void> {
  const { ended, stopWaiting } = waitForEnd()
  const counts = { equal: 0, different: 0, unanswered: 0 }
  const onCompared = (comparison: Comparison) => {
    const { differences, problem } = comparison
    if (problem !== undefined) counts.unanswered++
    else if (differences.length > 0) counts.different++
    else counts.equal++
    if (problem === undefined && differences.length === 0) return
    const shown = options.values ? comparison : withoutValues(comparison)
    print(options.json ? JSON.stringify(shown) : describe(comparison, options.values ?? false))
  }
  try {
    const { startShadow } = await import('../shadow/shadow.ts') // only this command needs it
    const shadow = await startShadow({ ...options, ignored: new Set(options.ignore), onCompared })
    if (!options.json) print(`Proxy      ${shadow.url}`)
    await ended
    await shadow.stop()
    const { equal, different, unanswered } = counts
    print(
      options.json
        ? JSON.stringify(counts)
        : `Compared   ${equal} equal, ${different} different, ${unanswered} without a reply to compare`,
    )
  } finally {
    stopWaiting()
  }
}

function describe({ path, differences, problem }: Comparison, values: boolean): string {
  const show = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value))
  const parts = differences.map(({ member, django, gatehouse }) =>
    values ? `${member}: ${show(django)} in Django, ${show(gatehouse)} in Gatehouse` : member,
  )
  return `GET ${path}  ${problem ?? `different: ${parts.join(', ')}`}`
}

function withoutValues({ differences, ...others }: Comparison): object {
  return { ...others, differences: differences.map(({ member }) => member) }
}

function asUrl(text: string): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('It must be a URL with http or https.')
  return url
}

function asPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, or 0 for any free port.')
  return port
}

const asList = (text: string) => text.split(',')
