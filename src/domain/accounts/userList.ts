import { NIL } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { countCap, type Count, type Slice } from '../pagination.ts'
import { foldText } from '../searchText.ts'
import type { UserRow } from './users.ts'

export type UserFilter = {
  /** A normalized email address. An address that is only held after a change matches no user. */
  address?: string | undefined
  /** The id of an imported user before the import. */
  legacyId?: string | undefined
  /** A fragment of the email address or of the names. */
  search?: string | undefined
  isActive?: boolean | undefined
  isSuperuser?: boolean | undefined
}
export type UserOrder = 'date_joined' | 'email'

/** A filter, converted to the parameters of SQL statements. */
export type UserSearch = {
  conditions: { isActive: boolean | null; isSuperuser: boolean | null; pattern: string }
  /**
   * The index that finds the matches, or `all` if no index helps. For `address`, `userId` is the id that the index of
   * email addresses or of legacy ids has found. For `fragments`, `fragments` is the query of the index.
   */
  source: 'address' | 'superusers' | 'suspended' | 'fragments' | 'all'
  userId: string
  fragments: string
  isUnfiltered: boolean
}

// These statements walk along the index of the list's order and filter the users that they meet.
const scans = { date_joined: queries.scanUsersByDate, email: queries.scanUsersByEmail }
// These statements find all matches by an index of the filter and then sort them.
const searches = { date_joined: queries.searchUsersByDate, email: queries.searchUsersByEmail }

// A scan of this many users costs as much as a search by index.
const maxScanned = 2_000

/** Prepares a filter for `readUsers` and `countUsers`. */
export async function prepareSearch(db: Database, filter: UserFilter): Promise<UserSearch> {
  const { search = '', isActive = null, isSuperuser = null } = filter
  const text = foldText(search)
  return {
    conditions: { isActive, isSuperuser, pattern: `%${escapeLike(text)}%` },
    source: chooseSource(filter, text),
    userId: await findUserId(db, filter),
    fragments: toFragmentQuery(text),
    isUnfiltered: Object.values(filter).every((value) => value === undefined),
  }
}

/**
 * Reads up to `limit` matching users after a position. A scan runs first, because it fills a page quickly where many
 * users match. If the page is not full after `maxScanned` users, few users match or the matches are far away, and a
 * search by index is faster. PostgreSQL cannot choose between scan and search, because it plans a prepared statement
 * without knowing the fragment.
 */
export async function readUsers(
  db: Database,
  { conditions, source, userId, fragments, isUnfiltered }: UserSearch,
  { orderBy, from, limit, descending }: Slice & { orderBy: UserOrder },
): Promise<readonly UserRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { ...conditions, cursorValue: from.value, cursorId: from.id, limit }
  if (source !== 'address') {
    const reach = isUnfiltered ? limit : maxScanned
    const rows = await db.any(scans[orderBy][direction]({ ...page, reach }))
    if (isUnfiltered || rows.length === limit) return rows
  }
  return db.any(searches[orderBy][direction]({ ...page, source, userId, fragments }))
}

/** Counts the matching users, up to one more than `countCap`. */
export function countUsers(db: Database, { conditions, source, userId, fragments }: UserSearch): Promise<Count> {
  return db.one(queries.countUsers({ ...conditions, source, userId, fragments, cap: countCap }))
}

/**
 * Finds the only user that can match an email address or a legacy id.
 * @returns the nil UUID if there is none
 */
async function findUserId(db: Database, { address, legacyId }: UserFilter): Promise<string> {
  const found = [
    address === undefined ? undefined : await db.maybeOne(queries.findUserIdByAddress({ address })),
    legacyId === undefined ? undefined : await db.maybeOne(queries.findUserIdByLegacyId({ legacyId })),
  ].filter((row) => row !== undefined)
  const ids = new Set(found.map((row) => row?.user_id ?? NIL))
  return ids.size === 1 ? String([...ids][0]) : NIL
}

/** Chooses the index that finds the matches: an index of few users, the index of fragments, or none. */
function chooseSource({ address, legacyId, isActive, isSuperuser }: UserFilter, text: string): UserSearch['source'] {
  if (address !== undefined || legacyId !== undefined) return 'address'
  if (isSuperuser) return 'superusers'
  if (isActive === false) return 'suspended'
  return text === '' ? 'all' : 'fragments'
}

/**
 * Returns the tsquery that finds a text among the results of search_fragments (sql/migrations/0009_user_indexes.sql):
 * all fragments of three letters of the text, or the fragments that begin with a shorter text.
 */
export function toFragmentQuery(text: string): string {
  const letters = Array.from(text) // substr() of PostgreSQL counts code points as well
  const quote = (fragment: string) => `'${fragment.replace(/['\\]/g, '$&$&')}'`
  if (letters.length < 3) return text === '' ? '' : `${quote(text)}:*`
  const fragments = letters.slice(2).map((_, first) => letters.slice(first, first + 3).join(''))
  return [...new Set(fragments)].map(quote).join(' & ')
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
