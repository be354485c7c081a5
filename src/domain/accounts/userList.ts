import { NIL } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { countCap, type Count, type Slice } from '../pagination.ts'
import { foldText } from '../searchText.ts'
import type { UserRow } from './users.ts'

export type UserFilter = {
  /** Normalised. A held address matches no user. */
  address?: string | undefined
  /** A fragment of address or names. */
  search?: string | undefined
  isActive?: boolean | undefined
  isSuperuser?: boolean | undefined
}
export type UserOrder = 'date_joined' | 'email'

/** A filter as the statements take it. */
export type UserSearch = {
  conditions: { isActive: boolean | null; isSuperuser: boolean | null; pattern: string }
  /** Which index finds the matches, and the id that the index of addresses has found. */
  source: 'address' | 'superusers' | 'suspended' | 'trigrams' | 'all'
  userId: string
  isUnfiltered: boolean
}

// Walks along the index of an order and filters what it meets.
const scans = { date_joined: queries.scanUsersByDate, email: queries.scanUsersByEmail }
// Finds all matches by an index of their own and sorts them.
const searches = { date_joined: queries.searchUsersByDate, email: queries.searchUsersByEmail }

// A scan of this many users costs as much as a search by index.
const maxScanned = 2_000

/** Prepares a filter for `readUsers` and `countUsers`. */
export async function prepareSearch(db: Database, filter: UserFilter): Promise<UserSearch> {
  const { address, search = '', isActive = null, isSuperuser = null } = filter
  const text = foldText(search)
  const owner = address === undefined ? null : await db.maybeOne(queries.findUserIdByAddress({ address }))
  return {
    conditions: { isActive, isSuperuser, pattern: `%${escapeLike(text)}%` },
    source: chooseSource(filter, text),
    userId: owner?.user_id ?? NIL,
    isUnfiltered: Object.values(filter).every((value) => value === undefined),
  }
}

/**
 * Reads the users that match, beyond a position. It scans first, which fills a page quickly where many users match.
 * If the page is not full after `maxScanned` users, few match or the matches are far away, and a search is faster.
 * PostgreSQL cannot choose between the two: it plans a prepared statement without knowing the fragment.
 */
export async function readUsers(
  db: Database,
  { conditions, source, userId, isUnfiltered }: UserSearch,
  { orderBy, from, limit, descending }: Slice & { orderBy: UserOrder },
): Promise<readonly UserRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { ...conditions, cursorValue: from.value, cursorId: from.id, limit }
  if (source !== 'address') {
    const reach = isUnfiltered ? limit : maxScanned
    const rows = await db.any(scans[orderBy][direction]({ ...page, reach }))
    if (isUnfiltered || rows.length === limit) return rows
  }
  return db.any(searches[orderBy][direction]({ ...page, source, userId }))
}

/** Counts the users that match, up to one more than the cap. */
export function countUsers(db: Database, { conditions, source, userId }: UserSearch): Promise<Count> {
  return db.one(queries.countUsers({ ...conditions, source, userId, cap: countCap }))
}

/** Chooses the index that finds the matches: of few users, of the fragment's trigrams, or none. */
function chooseSource({ address, isActive, isSuperuser }: UserFilter, text: string): UserSearch['source'] {
  if (address !== undefined) return 'address'
  if (isSuperuser) return 'superusers'
  if (isActive === false) return 'suspended'
  return /[\p{L}\p{N}]{3}/u.test(text) ? 'trigrams' : 'all' // fewer letters or digits in a row have no trigram
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
