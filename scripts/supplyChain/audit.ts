import { execFile } from 'node:child_process'
import { parseArgs } from 'node:util'

const help = `npm run audit

Asks the registry, by npm audit, for known vulnerabilities of every package in package-lock.json, development included.
Ends with 0 where there are none but those that scripts/supplyChain/audit.ts argues, 1 where there are, and names them, and 75 where
the registry could not be asked: that is no pass.`

// Vulnerabilities that do not concern this service, by the last part of their advisory's URL, each with the reason.
const argued: Record<string, string> = {}

const notAsked = 75 // EX_TEMPFAIL of sysexits.h

type Advisory = { name: string; severity: string; title: string; url: string; range: string }
/** What npm audit --json prints: a report, the registry's refusal, or npm's own error. */
type Answer = {
  vulnerabilities?: Record<string, { via: (Advisory | string)[] }>
  metadata?: { dependencies: { total: number } }
  message?: string
}

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else process.exitCode = judge(await ask())

function ask(): Promise<Answer> {
  return new Promise((resolve, reject) => {
    execFile('npm', ['audit', '--json'], { cwd: `${import.meta.dirname}/../..` }, (_error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Answer) // it ends with 1 for vulnerabilities, too
      } catch {
        reject(new Error(`npm audit says no JSON: ${stdout}${stderr}`))
      }
    })
  })
}

function judge(answer: Answer): number {
  if (answer.vulnerabilities === undefined) {
    if (answer.message === undefined) throw new Error(`npm audit failed: ${JSON.stringify(answer)}`)
    console.error(`Not asked, so nothing is known of vulnerabilities: ${answer.message}`)
    return notAsked
  }
  const via = Object.values(answer.vulnerabilities).flatMap((vulnerability) => vulnerability.via)
  const found = new Map(via.filter((cause) => typeof cause !== 'string').map((advisory) => [idOf(advisory), advisory]))
  const faults = [
    ...[...found]
      .filter(([id]) => !(id in argued))
      .map(([id, a]) => `${a.name} ${a.range}: ${a.severity}, ${a.title} (${id})`),
    ...Object.keys(argued).flatMap((id) =>
      found.has(id) ? [] : [`${id} is argued in scripts/supplyChain/audit.ts and not found any more`],
    ),
  ]
  for (const fault of faults) console.error(fault)
  const counts = `${answer.metadata?.dependencies.total ?? 0} packages, ${found.size} known vulnerabilities`
  console.log(`${counts}, ${Object.keys(argued).length} of them argued`)
  return faults.length > 0 ? 1 : 0
}

function idOf({ url }: Advisory): string {
  return url.split('/').at(-1) ?? url
}
