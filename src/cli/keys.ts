import type { Command } from 'commander'
import { readSecretKey } from '../config/secretKeys.ts'
import type { Database } from '../db/database.ts'
import { jwksMaxAge, reloadInterval } from '../domain/keys/keyring.ts'
import { readKeyStates } from '../domain/keys/keyStates.ts'
import { retireKey, rotateKeys, rotationSchedule, type Rotation } from '../domain/keys/rotation.ts'
import { deriveSecrets } from '../domain/keys/secrets.ts'
import { StartError } from '../problems.ts'
import { makeGroup } from './commandGroup.ts'
import { loadCommandConfig } from './commandConfig.ts'
import { toJson } from './table.ts'
import type { Terminal } from './terminal.ts'
import { withDatabase } from './withDatabase.ts'

const kidPattern = /^[\w-]{43}$/
const reloadNotice = `Running instances load it within ${reloadInterval} s. None needs a restart.`
const cacheNotice = `Services that verify tokens may cache /.well-known/jwks.json for ${jwksMaxAge / 60} more minutes.`

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = makeGroup(program.command('keys').description('lists and rotates the keys that sign access tokens'))
  keys
    .command('list')
    .description('lists the published keys and their states')
    .option('--json', 'print JSON')
    .action(({ json = false }: { json?: boolean }) => list(terminal, json))
  keys
    .command('rotate')
    .description('publishes a new key, which signs and replaces the current one once every verifier has loaded it')
    .option('--now', 'sign with it at once, although verifiers that cache the public keys do not know it yet')
    .action(({ now = false }: { now?: boolean }) => rotate(terminal, now))
  keys
    .command('retire')
    .description('stops publishing a key that no longer signs, before its time')
    .argument('<kid>')
    .option('--now', 'also a key that signs, because it has leaked: a new key signs at once')
    .action((kid: string, { now = false }: { now?: boolean }) => retire(terminal, kid, now))
}

async function list(terminal: Terminal, json: boolean): Promise<void> {
  const config = await loadCommandConfig(terminal)
  await withDatabase(config, terminal, async (db) => {
    const keys = await readKeyStates(db)
    if (json) {
      const rows = keys.map(({ kid, state, signs_from, retires_at }) => ({ kid, state, signs_from, retires_at }))
      terminal.print(toJson(rows))
    } else if (keys.length === 0) terminal.print('There is no key yet: the first start creates one.')
    else for (const key of keys) terminal.print(`${key.kid}  ${describeKey(key)}`)
  })
}

function describeKey({ state, signs_from, retires_at }: Awaited<ReturnType<typeof readKeyStates>>[number]): string {
  const states = {
    next: `published, signs from ${toSecond(signs_from)}`,
    current: `signs, since ${toSecond(signs_from)}`,
    former: 'no longer signs',
  }
  return `${states[state]}${retires_at === null ? '' : `, published until ${toSecond(retires_at)}`}`
}

async function rotate(terminal: Terminal, now: boolean): Promise<void> {
  const { kid, signsFrom, replaced } = await withKeys(terminal, now, (db, secrets, schedule) =>
    rotateKeys(db, secrets, schedule),
  )
  const signsAtOnce = now || replaced.length === 0
  terminal.print(
    signsAtOnce
      ? `The new key ${kid} signs at once.\n${cacheNotice}`
      : `The new key ${kid} is published, and signs from ${toSecond(signsFrom)} on, when every verifier has loaded it.`,
  )
  printReplaced(terminal, replaced)
  terminal.print(reloadNotice)
}

async function retire(terminal: Terminal, kid: string, now: boolean): Promise<void> {
  if (!kidPattern.test(kid))
    throw new StartError('Name the key to retire by its whole id: gatehouse keys list shows the ids.')
  const successor = await withKeys(terminal, now, (db, secrets, schedule) =>
    retireKey(db, secrets, kid, now ? schedule : undefined),
  )
  terminal.print(`The key ${kid} is no longer published: access tokens that it signed are refused, sessions continue.`)
  if (successor) {
    terminal.print(`The new key ${successor.kid} signs at once.`)
    printReplaced(terminal, successor.replaced)
  }
  terminal.print(`${cacheNotice}\n${reloadNotice}`)
}

/** Runs `work` with the database, the secrets that encrypt the signing keys, and the schedule of a rotation. */
async function withKeys<Result>(
  terminal: Terminal,
  now: boolean,
  work: (
    db: Database,
    secrets: ReturnType<typeof deriveSecrets>,
    schedule: ReturnType<typeof rotationSchedule>,
  ) => Promise<Result>,
): Promise<Result> {
  const config = await loadCommandConfig(terminal)
  return withDatabase(config, terminal, async (db) => {
    const secrets = deriveSecrets(await readSecretKey(config), config.previousSecretKeys)
    return work(db, secrets, rotationSchedule(config.accessTokenLifetime, { now }))
  })
}

function printReplaced({ print }: Terminal, replaced: Rotation['replaced']): void {
  for (const { kid, retires_at } of replaced)
    print(`The key ${kid} is published until ${toSecond(retires_at)}, when the last token that it signed has expired.`)
}

/** Cuts a UTC timestamp to the second: "2026-11-24T10:15:42Z". */
function toSecond(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, 'Z')
}
