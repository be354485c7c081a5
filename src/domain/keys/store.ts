/**
 * The signing keys in the database: reads them, creates the first one, and re-encrypts them under a new SECRET_KEY.
 */

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

/**
 * Reads the published keys. It creates the first key if there is none. Instances that start at the same time create
 * only one key.
 */
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
 * Encrypts either all or none of the keys under the present SECRET_KEY. The function also deletes retired keys, so
 * that no key in the database needs a previous SECRET_KEY afterwards.
 * @param rows the published keys that are encrypted under a previous SECRET_KEY
 * @returns the published keys
 * @throws StartError if no known SECRET_KEY decrypts one of the keys
 */
export async function reencryptKeys(
  db: Database,
  rows: readonly ListSigningKeysRow[],
  secrets: Secrets,
): Promise<readonly ListSigningKeysRow[]> {
  const reencrypted = rows.map((row) => ({ ...reencryptKey(row, secrets), readKey: row.private_key }))
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys())
    await transaction.query(deleteRetiredKeys())
    for (const key of reencrypted) await transaction.query(reencryptSigningKey(key))
    return transaction.any(listSigningKeys())
  })
}
