import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { loadConfig } from '../src/config/config.ts'
import { startService } from '../src/service.ts'
import { isThere } from './sdk/needs.ts'
import { readPage, type Client } from './sdk/page.ts'
import { countLines, runClient } from './sdk/run.ts'
import { makeVerification, type Verification } from './sdk/tokens.ts'

const help = `npm run sdk [-- --only python,go] [--require 8]

Generates clients from the contract by the commands of docs/clients.md, in .sdk/, and runs the example of each
against a service of its own: register, activate, sign in, refresh, profile, login log, errors. Those that are named verify-…
get one genuine token and many that are not, and have to tell them apart.
  --only NAMES   only these, by the names of their folders in scripts/sdk/
  --require N    fails if fewer than N languages have run`

type Row = { client: string; generator: string; lines: string; seconds: string; result: string }

const root = join(import.meta.dirname, '..')
const work = join(root, '.sdk')

const options = {
  only: { type: 'string' },
  require: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const
const { values } = parseArgs({ options })
if (values.help) console.log(help)
else await main(values.only?.split(','), Number(values.require ?? 0))

async function main(only: string[] | undefined, required: number): Promise<void> {
  const { before, clients, untried } = await readPage()
  const unknown = only?.filter((name) => !clients.some((client) => client.name === name)) ?? []
  if (unknown.length > 0 || !Number.isInteger(required)) {
    console.error(
      `${unknown.join(', ') || '--require'}: unknown. There are ${clients.map(({ name }) => name).join(', ')}.`,
    )
    process.exitCode = 2
    return
  }
  const chosen = clients.filter(({ name }) => only?.includes(name) ?? true)
  const rows: Row[] = []
  await withService(async (service) => {
    for (const client of chosen) rows.push(await rowOf(client, { root, work, before, ...service }))
  })
  print(rows)
  const passed = chosen.filter((_, index) => rows[index]?.result === 'passed')
  const languages = new Set(passed.map(({ language }) => language.split(' ')[0]))
  console.log(`\nLanguages that have run: ${languages.size} (${[...languages].join(', ')})`)
  console.log(`Not tried: ${untried}`)
  if (languages.size < required) console.error(`${required} are required`)
  if (languages.size < required || rows.some(({ result }) => result === 'FAILED')) process.exitCode = 1
}

async function rowOf(client: Client, surroundings: Parameters<typeof runClient>[1]): Promise<Row> {
  const row = { client: client.language, generator: client.generator, lines: '', seconds: '' }
  const missing = client.needs.filter((program) => !isThere(program))
  if (missing.length > 0) {
    console.error(`SKIPPED ${client.language}: not installed: ${missing.join(', ')}`)
    return { ...row, result: `SKIPPED, no ${missing.join(', ')}` }
  }
  console.log(`${client.language} …`)
  const began = Date.now()
  let result = 'passed'
  await runClient(client, surroundings).catch((error: unknown) => {
    result = 'FAILED'
    console.error(`FAILED ${client.language}: ${(error as Error).message}`)
  })
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  const lines = client.verifies ? '' : String(await countLines(join(work, client.name, 'gatehouse')))
  return { ...row, seconds, lines, result }
}

type Running = { url: string; outbox: string; verification: Verification }

async function withService(use: (service: Running) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-sdk-'))
  await chmod(dataDir, 0o711) // as root the database runs as nobody, who must be able to enter
  const settings = {
    DATA_DIR: dataDir,
    PORT: '0',
    EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend',
    RATE_LIMITS: 'off', // every client registers from one network
    HOST_FOR_SEND_MAIL: 'https://accounts.example.com', // the issuer that docs/clients.md names
  }
  const { config } = loadConfig(settings)
  const service = await startService(config, 'the secret key of clients that are tried out', {
    log: pino({ level: 'silent' }),
    onWaiting: (sentence) => {
      console.error(sentence)
    },
  })
  try {
    await service.ready
    const verification = makeVerification(service.services)
    await use({ url: service.url, outbox: join(dataDir, 'outbox'), verification })
  } finally {
    await service.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function print(rows: Row[]): void {
  const all = [{ client: 'client', generator: 'generator', lines: 'lines', seconds: 's', result: 'result' }, ...rows]
  const width = (key: keyof Row) => Math.max(...all.map((row) => row[key].length))
  console.log()
  for (const { client, generator, lines, seconds, result } of all) {
    const numbers = `${lines.padStart(width('lines'))}  ${seconds.padStart(width('seconds'))}`
    console.log(`${client.padEnd(width('client'))}  ${generator.padEnd(width('generator'))}  ${numbers}  ${result}`)
  }
}
