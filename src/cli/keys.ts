import { parseArgs } from 'node:util'
import { listSigningKeys, type ListSigningKeysRow } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { jwksMaxAge, reloadInterval } from '../domain/keys/keyring.ts'
import { rotationSchedule, retireKey, rotateKeys, type Rotation } from '../domain/keys/rotation.ts'
import { deriveSecrets } from '../domain/keys/secrets.ts'
import { StartError } from '../problems.ts'
import { loadProcessConfig } from '../config/processConfig.ts'
import { readOrCreateDevelopmentKey } from '../config/developmentKey.ts'
import { printError } from './printError.ts'
import { withDatabase } from './withDatabase.ts'

const help = `npm run keys -- list | rotate [--now] | retire KID [--now]

The keys that sign access tokens.
  list              the keys that are published, and what each does
  rotate            makes a key that is published at once, signs when everybody knows it, and replaces the present one
  rotate --now      makes one that signs at once: whoever keeps the public keys does not know it yet
  retire KID        takes a key that signs no longer out of publication, before its time
  retire KID --now  any key, one that has leaked: its tokens are refused, and another signs at once if it was the one

No instance needs a restart. It works on the embedded database too, whether or not the service runs.`

const kidPattern = /^[\w-]{43}$/

type Order = { command: string; kid: string; now: boolean }

try {
  const order = readOrder(process.argv.slice(2))
  if (order) await run(order)
  else console.log(help)
} catch (error) {
  printError(error)
  process.exitCode = 1
}

/** @returns undefined for --help */
function readOrder(given: string[]): Order | undefined {
  // A kid may begin with a dash, which parseArgs takes for an option.
  const kids = given.filter((arg) => kidPattern.test(arg))
  const { values, positionals } = parseArgs({
    args: given.filter((arg) => !kids.includes(arg)),
    allowPositionals: true,
    options: { now: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return undefined
  const [command = '', ...others] = positionals
  const [kid = '', ...moreKids] = kids
  const now = values.now ?? false
  const count = kids.length
  if (!['list', 'rotate', 'retire'].includes(command) || (command === 'list' && now))
    throw new StartError('Say what to do: list, rotate [--now] or retire KID [--now]. Try --help.')
  if (command === 'retire' && (count === 0 || others.length > 0))
    throw new StartError('Say which key to retire, by its whole KID: npm run keys -- list shows them.')
  if (others.length + moreKids.length > 0 || (command !== 'retire' && count > 0))
    throw new StartError(`That is too much for ${command}. Try --help.`)
  return { command, kid, now }
}

async function run({ command, kid, now }: Order): Promise<void> {
  const config = await loadProcessConfig()
  await withDatabase(config, async (db) => {
    if (command === 'list') {
      await list(db)
      return
    }
    const secretKey = config.secretKey ?? (await readOrCreateDevelopmentKey(config.dataDir))
    const secrets = deriveSecrets(secretKey, config.previousSecretKeys)
    const delays = rotationSchedule(config.accessTokenLifetime, { now })
    if (command === 'rotate') tellRotation(await rotateKeys(db, secrets, delays), now)
    else tellRetirement(kid, await retireKey(db, secrets, kid, now ? delays : undefined))
  })
}

async function list(db: Database): Promise<void> {
  const keys = await db.any(listSigningKeys())
  if (keys.length === 0) console.log('There is no key yet: the first start makes one.')
  const signing = keys.find((key) => begins(key) <= key.now)
  for (const key of keys) console.log(`${key.kid}  ${stateOf(key, key === signing)}`)
}

function stateOf(key: ListSigningKeysRow, signs: boolean): string {
  const until = key.retires_at === null ? '' : `, published until ${moment(key.retires_at)}`
  if (signs) return `signs, since ${moment(key.signs_from)}${until}`
  return begins(key) > key.now ? `published, signs from ${moment(key.signs_from)}${until}` : `signs no longer${until}`
}

function tellRotation({ kid, signsFrom, replaced }: Rotation, now: boolean): void {
  if (now || replaced.length === 0) {
    console.log(`The new key ${kid} signs at once.`)
    tellOfHaste()
  } else {
    console.log(
      `The new key ${kid} is published now, and signs from ${moment(signsFrom)} on: by then everybody knows it.`,
    )
  }
  tellReplaced(replaced)
  console.log(`Running instances know of it within ${reloadInterval} s. None needs a restart.`)
}

function tellRetirement(kid: string, successor: Rotation | undefined): void {
  console.log(`The key ${kid} is out of publication: access tokens that it signed are refused, sessions go on.`)
  if (successor) {
    console.log(`The new key ${successor.kid} signs at once.`)
    tellReplaced(successor.replaced)
  }
  tellOfHaste()
  console.log(`Running instances know of it within ${reloadInterval} s. None needs a restart.`)
}

function tellOfHaste(): void {
  console.log(
    `Whoever verifies by /.well-known/jwks.json may keep what it said before for ${jwksMaxAge / 60} minutes more.`,
  )
}

function tellReplaced(replaced: Rotation['replaced']): void {
  for (const { kid, retires_at } of replaced)
    console.log(`The key ${kid} is published until ${moment(retires_at)}, when all tokens that it signed are over.`)
}

function begins({ signs_from }: ListSigningKeysRow): number {
  return Date.parse(signs_from) / 1000
}

/** To the second, in UTC. */
function moment(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, 'Z')
}
