import { join } from 'node:path'
import { pino } from 'pino'
import { StartError } from '../src/problems.ts'
import { alignColumns } from './coverage/comparison.ts'
import { readClients, type Client } from './sdk/clients.ts'
import { isInstalled } from './sdk/requirements.ts'
import { countLines, runClient, type Environment } from './sdk/runClient.ts'
import { makeTokenSamples } from './sdk/tokens.ts'
import { startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

const help = `npm run sdk [-- --only python,go] [--require 8]

Generates clients from openapi.yaml in .sdk/, by the commands of docs/clients.md, and runs the example of each against a
temporary service: register, activate, sign in, refresh, profile, login log, errors. An example named verify-… is a
product that verifies access tokens: it gets one genuine token and many forged ones, and must accept only the first.
  --only NAMES   runs only these, by the names of their folders in scripts/sdk/
  --require N    fails if fewer than N languages have run`

type Row = [language: string, generator: string, lines: string, seconds: string, result: string]

const options = { only: { type: 'string' }, require: { type: 'string', default: '0' } } as const
const root = join(import.meta.dirname, '..')
const work = join(root, '.sdk')

await runTool(
  help,
  options,
  async ({ only, require }) => {
    const { setup, clients, untried } = await readClients()
    const chosen = chooseClients(clients, only?.split(','))
    const required = Number(require)
    if (!Number.isInteger(required)) throw new StartError(`--require ${require}: it must be a number of languages.`)
    const rows: Row[] = []
    // docs/clients.md names this issuer.
    const settings = { HOST_FOR_SEND_MAIL: 'https://accounts.example.com' }
    const service = await startTemporaryService(settings, pino({ level: 'silent' }))
    try {
      const environment = { root, work, setup, samples: makeTokenSamples(service.services), ...service }
      for (const client of chosen) rows.push(await tryClient(client, environment))
    } finally {
      await service.stop()
    }
    console.log(`\n${alignColumns([['client', 'generator', 'lines', 's', 'result'], ...rows], [2, 3]).join('\n')}`)
    const passed = rows.filter(([, , , , result]) => result === 'passed')
    const languages = new Set(passed.map(([language]) => language.split(' ')[0]))
    console.log(`\nLanguages that have run: ${languages.size} (${[...languages].join(', ')})`)
    console.log(`Not tried: ${untried}`)
    if (languages.size < required) console.error(`${required} languages are required.`)
    if (languages.size < required || rows.some(([, , , , result]) => result === 'FAILED')) process.exitCode = 1
  },
  2,
)

function chooseClients(clients: Client[], names: string[] | undefined): Client[] {
  const known = clients.map(({ name }) => name)
  const unknown = names?.filter((name) => !known.includes(name)) ?? []
  if (unknown.length > 0)
    throw new StartError(`--only ${unknown.join(',')}: unknown. The clients are ${known.join(', ')}.`)
  return clients.filter(({ name }) => names?.includes(name) ?? true)
}

async function tryClient(client: Client, environment: Environment): Promise<Row> {
  const { language, generator } = client
  const missing = client.needs.filter((program) => !isInstalled(program))
  if (missing.length > 0) {
    console.error(`SKIPPED ${language}: not installed: ${missing.join(', ')}`)
    return [language, generator, '', '', `SKIPPED, no ${missing.join(', ')}`]
  }
  console.log(`${language} …`)
  const began = Date.now()
  let result = 'passed'
  await runClient(client, environment).catch((error: unknown) => {
    result = 'FAILED'
    console.error(`FAILED ${language}: ${(error as Error).message}`)
  })
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  const lines = client.verifies ? '' : String(await countLines(join(work, client.name, 'gatehouse')))
  return [language, generator, lines, seconds, result]
}
