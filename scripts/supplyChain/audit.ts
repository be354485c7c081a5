import { execFile } from 'node:child_process'
import { StartError } from '../../src/problems.ts'
import { runTool } from '../tool.ts'

const help = `npm run audit

Runs npm audit for every package in package-lock.json, development included, and names each known vulnerability.
Exit code: 0 if there are none except those that scripts/supplyChain/audit.ts accepts, 1 if there are others, 75 if the
registry did not answer, so that nothing is known.`

// The accepted vulnerabilities, by the last part of their advisory's URL. Each value says why the vulnerability does
// not concern this service.
const accepted: Record<string, string> = {}

const temporaryFailure = 75 // EX_TEMPFAIL of sysexits.h

type Advisory = { name: string; severity: string; title: string; url: string; range: string }
/** The output of `npm audit --json`: a report, an error of the registry, or an error of npm itself. */
type AuditOutput = {
  vulnerabilities?: Record<string, { via: (Advisory | string)[] }>
  metadata?: { dependencies: { total: number } }
  message?: string
}

await runTool(help, {}, async () => {
  const { vulnerabilities, metadata, message } = await runNpmAudit()
  if (!vulnerabilities) {
    if (message === undefined) throw new StartError('npm audit failed without a message.')
    console.error(`The registry did not answer, so nothing is known of vulnerabilities: ${message}`)
    process.exitCode = temporaryFailure
    return
  }
  const advisories = Object.values(vulnerabilities).flatMap(({ via }) =>
    via.filter((cause) => typeof cause !== 'string'),
  )
  const found = new Map(advisories.map((advisory) => [advisory.url.split('/').at(-1) ?? '', advisory]))
  const errors = [
    ...[...found]
      .filter(([id]) => !(id in accepted))
      .map(([id, { name, range, severity, title }]) => `${name} ${range}: ${severity}, ${title} (${id})`),
    ...Object.keys(accepted)
      .filter((id) => !found.has(id))
      .map((id) => `${id} is accepted in scripts/supplyChain/audit.ts, but no package has it any more`),
  ]
  for (const error of errors) console.error(error)
  const packages = metadata?.dependencies.total ?? 0
  console.log(
    `${packages} packages, ${found.size} known vulnerabilities, ${Object.keys(accepted).length} of them accepted`,
  )
  if (errors.length > 0) process.exitCode = 1
})

function runNpmAudit(): Promise<AuditOutput> {
  return new Promise((resolve, reject) => {
    execFile('npm', ['audit', '--json'], { cwd: `${import.meta.dirname}/../..` }, (_error, stdout, stderr) => {
      try {
        // npm also exits with 1 when it has found vulnerabilities, so the exit code is ignored.
        resolve(JSON.parse(stdout) as AuditOutput)
      } catch {
        reject(new StartError(`npm audit printed no JSON: ${stdout}${stderr}`))
      }
    })
  })
}
