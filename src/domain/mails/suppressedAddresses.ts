import { listSuppressedAddresses, type ListSuppressedAddressesRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Slice } from '../pagination.ts'

export type SuppressedAddressRow = ListSuppressedAddressesRow

/** Reads up to `limit` suppressed addresses after a position, in the order of their suppression. */
export function readSuppressedAddresses(
  db: Queryable,
  { from, limit, descending }: Slice,
): Promise<readonly SuppressedAddressRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  return db.any(listSuppressedAddresses[direction]({ cursorTimestamp: from.value, cursorAddress: from.id, limit }))
}
