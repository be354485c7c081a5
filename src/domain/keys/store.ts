import {
  deleteRetiredKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  reencryptSigningKey,
  type ListSigningKeysRow,
} from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import type { Secrets } from './secrets.ts'
import { generateKey, reencryptKey } from './signingKey.ts'

/** What is published, or else the first key, which instances that start at once make together. */
export async function readOrCreateKeys(db: Database, secrets: Secrets): Promise<readonly ListSigningKeysRow[]> {
  const rows = await db.any(listSigningKeys())
  if (rows.length > 0) return rows
  const key = await generateKey(secrets)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    const existing = await transaction.any(listSigningKeys())
    if (existing.length > 0) return existing
    await transaction.query(insertSigningKey({ ...key, publishFor: 0 }))
    return transaction.any(listSigningKeys())
  })
}

/**
 * Encrypts keys under the present SECRET_KEY, all or none; those that are published no more go, and need no other one then.
 * @returns what is published then
 * @throws StartError when no known SECRET_KEY decrypts one of them
 */
export async function reencryptKeys(
  db: Database,
  rows: readonly ListSigningKeysRow[],
  secrets: Secrets,
): Promise<readonly ListSigningKeysRow[]> {
  const resealed = rows.map((row) => ({ ...reencryptKey(row, secrets), readKey: row.private_key }))
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    await transaction.query(deleteRetiredKeys())
    for (const key of resealed) await transaction.query(reencryptSigningKey(key))
    return transaction.any(listSigningKeys())
  })
}
