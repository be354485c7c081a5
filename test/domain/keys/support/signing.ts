import assert from 'node:assert/strict'
import { randomUUID, type KeyObject } from 'node:crypto'
import { createDatabase } from '../../../../src/db/database.ts'
import { Clock } from '../../../../src/domain/clock.ts'
import { Keyring } from '../../../../src/domain/keys/keyring.ts'
import { deriveSecrets } from '../../../../src/domain/keys/secrets.ts'
import { Tokens } from '../../../../src/domain/sessions/tokens.ts'
import { Problem } from '../../../../src/problems.ts'
import { createTestDatabase, query } from '../../../support/database.ts'
import { decode, forge } from '../../../support/tokens.ts'

type Patch = Record<string, unknown>
/** How a forged token differs from a genuine one. All else is genuine, even the key. `text` changes the payload. */
export type Attack = {
  header?: Patch
  claims?: Patch
  key?: KeyObject
  unsigned?: true
  text?: (claims: string) => string
}
export type Signing = Awaited<ReturnType<typeof startSigning>>

export const origin = 'http://accounts.test'

/** Creates a keyring and tokens on a new database. `access` and `refresh` forge variants of a genuine pair. */
export async function startSigning() {
  const secrets = deriveSecrets('a secret key for this test, long enough')
  const database = await createTestDatabase()
  const db = createDatabase({ preparedStatements: true, onError: () => undefined })
  await db.open(database.url)
  const clock = new Clock()
  const keyring = new Keyring(secrets, clock)
  await keyring.load(db)
  const now = Math.floor(Date.now() / 1000)
  const session = { user_id: randomUUID(), id: randomUUID(), generation: 3, issued_at: now, idle_until: now + 86_400 }
  const tokens = new Tokens({ keyring, secrets, clock, issuer: origin, audience: origin, accessLifetime: 300 })
  const pair = tokens.issuePair(session)
  const forgeVariant = (
    token: string,
    genuineKey: KeyObject,
    { header, claims, key = genuineKey, unsigned, text }: Attack,
  ) => {
    const genuine = decode(token)
    const payload = { ...genuine.claims, ...claims }
    const parts = { header: { ...genuine.header, ...header }, claims: text?.(JSON.stringify(payload)) ?? payload }
    return forge(parts, unsigned ? undefined : key)
  }
  return {
    db,
    secrets,
    keyring,
    clock,
    tokens,
    session,
    pair,
    access: (attack: Attack) => forgeVariant(pair.access, keyring.current.privateKey, attack),
    refresh: (attack: Attack) => forgeVariant(pair.refresh, secrets.refreshTokens, attack),
    /** Deletes all keys. A new one takes their place. */
    async deleteKeys() {
      await query(database.url, 'delete from signing_keys')
      await keyring.load(db)
    },
    async stop() {
      await db.close()
      await database.drop()
    },
  }
}

export async function assertRefused(verify: () => Promise<unknown>): Promise<void> {
  await assert.rejects(verify, (error) => error instanceof Problem && error.code === 'token_not_valid')
}
