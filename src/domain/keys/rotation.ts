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

/** Seconds: from a key's publication to its first signature, and from then to the end of its predecessors' publication. */
export type RotationSchedule = { publishFor: number; overlap: number }

/** The new key, and those that it replaces; moments in ISO 8601. */
export type Rotation = { kid: string; signsFrom: string; replaced: readonly { kid: string; retires_at: string }[] }

/**
 * Everybody who verifies has fetched the new key before it signs, and keeps the old one until its last token is over
 * (security 51).
 * @param accessLifetime seconds
 */
export function rotationSchedule(accessLifetime: number, { now }: { now: boolean }): RotationSchedule {
  return { publishFor: now ? 0 : jwksMaxAge + reloadInterval, overlap: accessLifetime + jwksMaxAge + clockSkew }
}

/** Makes the key that signs next. @throws StartError when the secrets do not open the keys that there are */
export async function rotateKeys(db: Database, secrets: Secrets, delays: RotationSchedule): Promise<Rotation> {
  const key = await generateKey(secrets)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    return replaceAll(transaction, key, secrets, delays)
  })
}

/**
 * Takes a key out of publication, so that nothing verifies by it any more.
 * @param instead how the key is replaced if it is the one that signs, or will; left out, such a key is refused
 * @returns what replaces it; undefined for a key that signs no longer
 * @throws StartError for a key that is not there, or signs
 */
export async function retireKey(
  db: Database,
  secrets: Secrets,
  kid: string,
  instead?: RotationSchedule,
): Promise<Rotation | undefined> {
  const successor = await generateKey(secrets)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    if (await transaction.maybeOne(deleteReplacedKey({ kid }))) return undefined
    const key = (await transaction.any(listSigningKeys())).find((row) => row.kid === kid)
    if (!key) throw new StartError(`There is no signing key ${kid}: npm run keys -- list shows those that there are.`)
    if (!instead) throw new StartError(refusal(kid, Date.parse(key.signs_from) / 1000 <= key.now))
    const rotation = await replaceAll(transaction, successor, secrets, instead)
    await transaction.one(deleteSigningKey({ kid }))
    return { ...rotation, replaced: rotation.replaced.filter((other) => other.kid !== kid) }
  })
}

async function replaceAll(
  transaction: Queryable,
  key: EncryptedKey,
  secrets: Secrets,
  { publishFor, overlap }: RotationSchedule,
): Promise<Rotation> {
  const present = await transaction.any(listSigningKeys())
  // A key under a secret that the service does not have would stop its next start.
  for (const row of present) decryptKey(row, secrets)
  const wait = present.length > 0 ? publishFor : 0
  const { kid, signs_from: signsFrom } = await transaction.one(insertSigningKey({ ...key, publishFor: wait }))
  const replaced = await transaction.any(replaceSigningKeys({ kid, signsFrom, overlap }))
  await recordEvent(transaction, 'keys_rotated', {})
  return { kid, signsFrom, replaced }
}

function refusal(kid: string, signs: boolean): string {
  return signs
    ? `The key ${kid} signs: npm run keys -- rotate first, and retire it when its successor signs. If it has leaked, --now replaces it at once.`
    : `The key ${kid} is about to sign: wait until another one does. If it has leaked, --now replaces it at once.`
}
