import { NIL } from 'uuid'
import {
  countUsers,
  findUserIdByAddress,
  listFoundUsersByDate,
  listFoundUsersByEmail,
  listUsersByDate,
  listUsersByEmail,
} from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { countCap, type Count, type Position } from '../pagination.ts'
import { foldText } from '../searchText.ts'
import type { UserRow } from './users.ts'

export type UserFilter = {
  /** Normalised; a held one finds nobody. */
  address?: string | undefined
  /** A fragment of address or names. */
  search?: string | undefined
  isActive?: boolean | undefined
  isSuperuser?: boolean | undefined
}
export type UserOrder = 'date_joined' | 'email'

/** The users that match a filter. */
export type UserList = {
  /** Reads those beyond a position. */
  scan(by: UserOrder): (from: Position<UserOrder>, limit: number, descending: boolean) => Promise<readonly UserRow[]>
  /** How many there are, counting one past the cap at the most. */
  count(): Promise<Count>
}

const walk = {
  date_joined: listUsersByDate,
  email: listUsersByEmail,
}
const find = {
  date_joined: listFoundUsersByDate,
  email: listFoundUsersByEmail,
}

// How many users a page may cost that an index of their matches could find as well.
const walkingDistance = 2_000

/**
 * A page of many matches is near on a walk along the order; few matches, or distant ones, are quicker found by their own
 * index and ordered then. PostgreSQL cannot choose: it plans a prepared statement without knowing the fragment.
 */
export async function selectUsers(db: Database, wanted: UserFilter): Promise<UserList> {
  const { address, search = '', isActive = null, isSuperuser = null } = wanted
  const text = foldText(search)
  const owner = address === undefined ? null : await db.maybeOne(findUserIdByAddress({ address }))
  const filter = { isActive, isSuperuser, pattern: `%${escapeLike(text)}%` }
  const found = { ...filter, source: sourceOf(wanted, text), userId: owner?.user_id ?? NIL }
  const unfiltered = Object.values(wanted).every((value) => value === undefined)
  return {
    scan: (by) => async (from, limit, descending) => {
      const order = descending ? 'descending' : 'ascending'
      const page = { cursorValue: from[by], cursorId: from.id, limit }
      const reach = unfiltered ? limit : walkingDistance
      const near = address === undefined ? await db.any(walk[by][order]({ ...filter, ...page, reach })) : []
      return unfiltered || near.length === limit ? near : db.any(find[by][order]({ ...found, ...page }))
    },
    count: () => db.one(countUsers({ ...found, cap: countCap })),
  }
}

/** Where the matches are looked for: in an index of few users, of the fragment's trigrams, or in the whole table. */
function sourceOf({ address, isActive, isSuperuser }: UserFilter, text: string) {
  if (address !== undefined) return 'address'
  if (isSuperuser) return 'superusers'
  if (isActive === false) return 'suspended'
  return /[\p{L}\p{N}]{3}/u.test(text) ? 'trigrams' : 'everybody' // fewer letters or digits in a row have no trigram
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
