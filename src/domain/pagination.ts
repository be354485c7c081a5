import type { Cursors } from './cursors.ts'

/** Where a row stands in its list: the column that the list is ordered by, and the id. */
export type Position<By extends string = 'timestamp'> = Record<By | 'id', string>
/** What a scan with a bounded reach says of a row. One that does not match is only there because the reach ends with it. */
type Scanned = { matches?: boolean; is_last_reached?: boolean }
/** How many rows match, and whether there are more than were searched. */
export type Count = { count: number; isPartial?: boolean }
export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null }

export const countCap = 10_000
/** How many rows a filter is applied to, for a page and for a count (security 95). */
export const scanReach = 100_000
/** What lies before and after all values of a column, and of all ids; texts compare by code point. */
const ends = {
  moments: ['-infinity', 'infinity'],
  texts: ['', '\u{10ffff}'],
  ids: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
} as const

type Asked<By> = {
  list: string
  descending: boolean
  cursor: string | undefined
  size: number
  /** The column that the list is ordered by: moments, unless `of` says otherwise. A value has no spaces. */
  by?: By
  of?: 'moments' | 'texts'
}

/**
 * One keyset page. `scan` returns up to `limit` rows beyond `from`, in the given direction. If it reaches only so far, the
 * page may have fewer rows than there is room for, or none, and its neighbour begins where the reach ended.
 * @returns the page's rows in the list's order, and the cursors of its neighbours; '' is the first page
 */
export async function readPage<Row extends Position<By> & Scanned, By extends string = 'timestamp'>(
  cursors: Cursors,
  { list, descending, cursor, size, by = 'timestamp' as By, of = 'moments' }: Asked<By>,
  scan: (from: Position<By>, limit: number, descending: boolean) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const at = cursor === undefined ? undefined : cursors.read(list, cursor)
  const backward = at?.backward ?? false
  const scanDescending = descending !== backward
  const [end, farEnd] = scanDescending ? ([1, 0] as const) : ([0, 1] as const)
  const { value, id } = at ?? { value: ends[of][end], id: ends.ids[end] }
  const scanned = await scan({ [by]: value, id } as Position<By>, size + 1, scanDescending)
  const found = scanned.filter(({ matches = true }) => matches)
  const rows = found.slice(0, size)
  const more = found.length > size
  const last = scanned.at(-1)
  const stop = !more && last?.is_last_reached ? last : undefined
  if (backward) rows.reverse()
  const to = (row: Row | undefined, back: boolean) =>
    row && cursors.write(list, { value: row[by], id: row.id, backward: back })
  const goesOn = more || stop !== undefined
  const [ahead, behind] = backward ? [rows.at(-1) ?? stop, stop ?? rows[0]] : [stop ?? rows.at(-1), rows[0] ?? stop]
  // A page behind all rows that match: what is before it is found from the far end.
  const fromFarEnd = cursors.write(list, { value: ends[of][farEnd], id: ends.ids[farEnd], backward: true })
  return {
    rows,
    next: backward || goesOn ? (to(ahead, false) ?? '') : null,
    previous: (backward ? goesOn : at) ? (to(behind, true) ?? (backward ? '' : fromFarEnd)) : null,
  }
}

/** The absolute URL of a neighbouring page: the request's own, with another cursor. */
export function pageUrl(requestUrl: URL, cursor: string | null): string | null {
  if (cursor === null) return null
  const url = new URL(requestUrl)
  url.searchParams.delete('cursor')
  if (cursor !== '') url.searchParams.set('cursor', cursor)
  return url.href
}

/** The members of a list's reply beside its results. */
export function pageMembers(requestUrl: URL, page: Page<unknown>, { count, isPartial = false }: Count) {
  const capped = count > countCap || isPartial ? { count_capped: true } : {}
  return {
    count: Math.min(count, countCap),
    ...capped,
    next: pageUrl(requestUrl, page.next),
    previous: pageUrl(requestUrl, page.previous),
  }
}
