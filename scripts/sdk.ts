import { join } from 'node:path'
import { pino } from 'pino'
import { StartError } from '../src/problems.ts'
import { alignColumns } from './coverage/comparison.ts'
import { findFreePort } from './freePort.ts'
import { AdditiveProxy } from './sdk/additiveProxy.ts'
import { readClients, type Client } from './sdk/clients.ts'
import { listReleasedClients } from './sdk/released.ts'
import { isInstalled } from './sdk/requirements.ts'
import { countLines, laterValues, runClient, type Environment } from './sdk/runClient.ts'
import { makeTokenSamples } from './sdk/tokens.ts'
import { startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

const help = `npm run sdk [-- --only python,go] [--require 8]

Generates clients from openapi.yaml in .sdk/, by the commands of docs/clients.md, and runs the example of each against a
temporary service: register, activate, sign in, refresh, profile, login log, errors. Then runs each example against a
later version of the service: a proxy adds a member to every JSON object, a problem code and a language.
The clients of released versions, from contract/, run in the same way.
An example named verify-… is a product that verifies access tokens: it gets one genuine token and many forged ones,
and must accept only the genuine one. An example named api-… is a product's API, which gets the same tokens in HTTP
requests and must answer 401 to the forged ones.
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
    const { clients, untried } = await readClients()
    const chosen = chooseClients([...clients, ...(await listReleasedClients())], only?.split(','))
    const required = Number(require)
    if (!Number.isInteger(required)) throw new StartError(`--require ${require}: it must be a number of languages.`)
    const rows: Row[] = []
    // Products derive the URL of the public keys from the issuer, so the issuer must be the URL of the service.
    const port = String(await findFreePort())
    const settings = { PORT: port, HOST_FOR_SEND_MAIL: `http://127.0.0.1:${port}` }
    const service = await startTemporaryService(settings, pino({ level: 'silent' }))
    const later = await AdditiveProxy.start(service.url, laterValues)
    try {
      const makeSamples = () => makeTokenSamples(service.services)
      const environment = { root, work, makeSamples, laterUrl: later.url, ...service }
      for (const client of chosen) rows.push(await tryClient(client, environment))
    } finally {
      await later.stop()
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
  const lines = client.kind === 'client' ? await countLines(join(work, client.name, 'gatehouse')) : 0
  return [language, generator, String(lines || ''), seconds, result] // our own client is a package
}
