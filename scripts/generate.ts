import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startEmbedded } from '../src/embedded/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { serviceRole } from './generate/catalogs.ts'
import { deriveOpenApi30, generateSecurity, generateTypes, inlineMessages } from './generate/contract.ts'
import { generateMails } from './generate/mails.ts'
import { generatePages } from './generate/pages.ts'
import { generateQueries } from './generate/queries.ts'
import { generateSchema } from './generate/schema.ts'
import { generateSdk } from './generate/sdk.ts'
import { readDocument, readOpenApi, type OpenApi } from './openapi.ts'

const help = `npm run generate [-- --check]

Writes generated/ from openapi.yaml, sql/, src/mail/templates/ and src/browser/.
  --check  writes nothing; fails and names each file that differs`

const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else await generate(values.check ?? false)

async function generate(check: boolean): Promise<void> {
  const source = new URL('../openapi.yaml', import.meta.url)
  const openApi = readOpenApi()
  const document = readDocument()
  const openApi30 = deriveOpenApi30(document)
  const { queries, schema } = await readDatabase()
  const sdk = Object.entries(await generateSdk(openApi))
  const outputs: Record<string, string> = {
    'contract.ts': banner('openapi.yaml') + (await generateTypes(source)),
    'security.ts': banner('openapi.yaml') + generateSecurity(openApi),
    'openapi.json': toJson(document),
    'openapi-3.0.json': toJson(openApi30),
    'openapi-clients.json': toJson(inlineMessages(openApi30)),
    'mails.ts': banner('src/mail/templates/') + (await generateMails()),
    'queries.ts': banner('sql/') + queries,
    'schema.sql': banner('sql/', '--') + schema,
    ...Object.fromEntries(sdk.map(([name, text]) => [name, banner('openapi.yaml') + text])),
  }
  await writeOutputs(outputs, check)
  // The pages contain the SDK, which is written above.
  await removeOldPages(check, await writeOutputs(await generatePages(), check))
}

/** @returns the names of the files */
async function writeOutputs(outputs: Record<string, string>, check: boolean): Promise<string[]> {
  for (const [name, text] of Object.entries(outputs)) {
    const file = new URL(`../generated/${name}`, import.meta.url)
    if (!check) {
      await mkdir(new URL('./', file), { recursive: true })
      await writeFile(file, text)
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      console.error(`generated/${name} differs from its source: run npm run generate`)
      process.exitCode = 1
    }
  }
  return Object.keys(outputs)
}

/** Removes bundles whose names, which contain a hash, are no longer in use. */
async function removeOldPages(check: boolean, names: readonly string[]): Promise<void> {
  const folder = new URL('../generated/pages/', import.meta.url)
  for (const name of await readdir(folder)) {
    if (names.includes(`pages/${name}`)) continue
    if (!check) await rm(new URL(name, folder))
    else {
      console.error(`generated/pages/${name} is not in use: run npm run generate`)
      process.exitCode = 1
    }
  }
}

function toJson(document: OpenApi): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

function banner(source: string, comment = '//'): string {
  return `${comment} Generated from ${source} by npm run generate. Do not edit.\n`
}

/** Migrates an empty database and generates the files that depend on the schema. */
async function readDatabase(): Promise<{ queries: string; schema: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-generate-'))
  // When root runs this script, the server runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o711)
  const database = await startEmbedded(folder, { role: 'command', parameters: { fsync: 'off' } })
  try {
    await migrate(database.url)
    await createServiceRole(database.url)
    return { queries: await generateQueries(database.url), schema: await generateSchema(database.url) }
  } finally {
    await database.stop()
    await rm(folder, { recursive: true })
  }
}

async function createServiceRole(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create role ${serviceRole}`)
  await client.end()
  await migrate(url, { grantTo: serviceRole })
}
