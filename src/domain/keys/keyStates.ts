import { listSigningKeys, type ListSigningKeysRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'

export type KeyState = 'next' | 'current' | 'former'

/** Reads the published keys and their states, the newest first. */
export async function readKeyStates(db: Queryable): Promise<(ListSigningKeysRow & { state: KeyState })[]> {
  const keys = await db.any(listSigningKeys())
  return keys.map((key) => ({ ...key, state: stateOf(key, keys) }))
}

/**
 * Derives the state of a key. Of the keys whose `signs_from` has passed, the latest one signs.
 * @param keys all published keys, the latest first
 */
function stateOf(key: ListSigningKeysRow, keys: readonly ListSigningKeysRow[]): KeyState {
  const hasBegun = (one: ListSigningKeysRow) => Date.parse(one.signs_from) / 1000 <= one.now
  if (!hasBegun(key)) return 'next'
  return keys.find(hasBegun)?.kid === key.kid ? 'current' : 'former'
}
