/** Rotation of the signing keys: inserts a successor, schedules when it signs, and retires its predecessors. */

import {
  deleteReplacedKey,
  deleteSigningKey,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  replaceSigningKeys,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { StartError } from '../../problems.ts'
import { clockSkew } from '../clock.ts'
import { jwksMaxAge, reloadInterval } from './keyring.ts'
import type { Secrets } from './secrets.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { generateKey, decryptKey, type EncryptedKey } from './signingKey.ts'

/**
 * The times of a rotation, in seconds. `publishFor` is the time from the publication of a key to its first signature.
 * `overlap` is the time from this signature to the end of its predecessors' publication.
 */
export type RotationSchedule = { publishFor: number; overlap: number }

/** The new key and the keys that it replaces. Times are in ISO 8601. */
export type Rotation = { kid: string; signsFrom: string; replaced: readonly { kid: string; retires_at: string }[] }

/**
 * Computes a schedule by which no verification fails. Every service that caches the JWKS fetches the new key before
 * the new key signs. The old key is published until the last token that it signed has expired (security 51).
 * @param accessLifetime the lifetime of access tokens in seconds
 * @param options.now whether the new key signs immediately, although services that cache the JWKS do not know it yet
 */
export function rotationSchedule(accessLifetime: number, { now }: { now: boolean }): RotationSchedule {
  return { publishFor: now ? 0 : jwksMaxAge + reloadInterval, overlap: accessLifetime + jwksMaxAge + clockSkew }
}

/** Creates the key that signs next. @throws StartError if `secrets` cannot decrypt the existing keys */
export async function rotateKeys(db: Database, secrets: Secrets, schedule: RotationSchedule): Promise<Rotation> {
  const key = await generateKey(secrets)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    return insertSuccessor(transaction, key, secrets, schedule)
  })
}

/**
 * Retires a key: removes it from the JWKS, so that tokens that it signed are refused.
 * @param schedule the schedule by which a successor replaces a key that signs now or next; without a schedule such a
 * key is not retired
 * @returns the successor and the keys that it replaces; undefined if the retired key no longer signed
 * @throws StartError if the key does not exist, or if it signs and `schedule` is missing
 */
export async function retireKey(
  db: Database,
  secrets: Secrets,
  kid: string,
  schedule?: RotationSchedule,
): Promise<Rotation | undefined> {
  const successor = await generateKey(secrets)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    if (await transaction.maybeOne(deleteReplacedKey({ kid }))) return undefined
    const key = (await transaction.any(listSigningKeys())).find((row) => row.kid === kid)
    if (!key) throw new StartError(`There is no signing key ${kid}: gatehouse keys list shows the published keys.`)
    if (!schedule) throw new StartError(explainRefusal(kid, { signsNow: Date.parse(key.signs_from) / 1000 <= key.now }))
    const rotation = await insertSuccessor(transaction, successor, secrets, schedule)
    await transaction.one(deleteSigningKey({ kid }))
    return { ...rotation, replaced: rotation.replaced.filter((other) => other.kid !== kid) }
  })
}

/**
 * Inserts a key that replaces all other keys. `replaceSigningKeys` in sql/queries/keys.sql decides when the other
 * keys retire.
 */
async function insertSuccessor(
  transaction: Queryable,
  key: EncryptedKey,
  secrets: Secrets,
  { publishFor, overlap }: RotationSchedule,
): Promise<Rotation> {
  const present = await transaction.any(listSigningKeys())
  // Refuses a SECRET_KEY that does not decrypt the present keys. Otherwise the new key would be encrypted under the
  // wrong SECRET_KEY, and the service would not start again.
  for (const row of present) decryptKey(row, secrets)
  const { kid, signs_from: signsFrom } = await transaction.one(
    insertSigningKey({ ...key, publishFor: present.length > 0 ? publishFor : 0 }),
  )
  const replaced = await transaction.any(replaceSigningKeys({ kid, signsFrom, overlap }))
  await recordEvent(transaction, 'keys_rotated', {})
  return { kid, signsFrom, replaced }
}

function explainRefusal(kid: string, { signsNow }: { signsNow: boolean }): string {
  return signsNow
    ? `The key ${kid} signs: run gatehouse keys rotate first, and retire the key when its successor signs. If the key has leaked, --now replaces it immediately.`
    : `The key ${kid} is about to sign: wait until another key signs. If it has leaked, --now replaces it immediately.`
}
