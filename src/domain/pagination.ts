import { MAX, NIL } from 'uuid'
import type { Cursors } from './cursors.ts'

// This module reads keyset pages. A page is found by the position of the row before it, not by a number of rows to
// skip. So each page costs the same, and rows that are added or deleted shift no page. A cursor contains the position
// of the row at the edge of a page, and the direction from there. A previous page is read in the opposite direction
// of the list, and its rows are then reversed.

/** The position of a row in its list: its value in the column that orders the list, and its id. */
export type Position = { value: string; id: string }
/** Selects up to `limit` rows after the position `from`, in ascending or descending order. */
export type Slice = { from: Position; limit: number; descending: boolean }
/**
 * The columns that a filter with a bounded reach adds to a row. Such a filter examines only the next `scanReach`
 * rows. It returns the last examined row even if this row does not match, because the next page continues there.
 */
type Filtered = { matches?: boolean; is_last_reached?: boolean }
/** `count` is the number of matching rows. `isPartial` is true if the filter did not examine all rows. */
export type Count = { count: number; isPartial?: boolean }
/** One page of a list. The cursors `next` and `previous` are null if there is no such page. */
export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null }

export const countCap = 10_000
/** The number of rows that a filter examines for a page, and for a count (security 95). */
export const scanReach = 100_000

/**
 * The lowest position is before every row of a list, the highest one after every row. PostgreSQL compares texts by
 * code point (collation "C").
 */
const bounds = {
  timestamp: { lowest: { value: '-infinity', id: NIL }, highest: { value: 'infinity', id: MAX } },
  text: { lowest: { value: '', id: NIL }, highest: { value: '\u{10ffff}', id: MAX } },
}

export type PageRequest<Column> = {
  /** The name of the list and its order. Other lists refuse a cursor of this list. */
  list: string
  descending: boolean
  cursor: string | undefined
  size: number
  /** The column that orders the list. Its values have no spaces. */
  orderBy?: Column
  valueType?: keyof typeof bounds
}

/**
 * Reads one page of a list. If a filter has a bounded reach, the page may have fewer than `size` rows, or none. The
 * next page then starts where the reach ended.
 * @returns the rows in the order of the list, and the cursors of the pages before and after them
 * @throws Problem invalid for a cursor that does not belong to the list
 */
export async function readPage<
  Row extends Record<Column | 'id', string> & Filtered,
  Column extends string = 'timestamp',
>(
  cursors: Cursors,
  { list, descending, cursor, size, orderBy = 'timestamp' as Column, valueType = 'timestamp' }: PageRequest<Column>,
  readSlice: (slice: Slice) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const position = cursor === undefined ? undefined : cursors.read(list, cursor)
  const backward = position?.backward ?? false
  const scanDescending = descending !== backward
  const { lowest, highest } = bounds[valueType]
  const [start, end] = scanDescending ? [highest, lowest] : [lowest, highest]
  // Reads one row more than a page may have. This row shows whether the list continues.
  const slice = await readSlice({ from: position ?? start, limit: size + 1, descending: scanDescending })
  const matching = slice.filter(({ matches = true }) => matches)
  const rows = matching.slice(0, size)
  const hasMore = matching.length > size
  const lastRow = slice.at(-1)
  const lastReached = !hasMore && lastRow?.is_last_reached ? lastRow : undefined
  // The edges of the page, in the direction of the scan. On a page without rows both edges are the row where the
  // reach ended.
  const nearEdge = rows[0] ?? lastReached
  const farEdge = lastReached ?? rows.at(-1)
  const write = ({ value, id }: Position, backward: boolean) => cursors.write(list, { value, id, backward })
  const writeEdge = (row: Row, backward: boolean) => write({ value: row[orderBy], id: row.id }, backward)
  const onward = (hasMore || lastReached) && farEdge ? writeEdge(farEdge, backward) : null
  // A page before the first row, or after the last row, has no edge. Its neighbouring page is read from that end of
  // the list.
  const back = nearEdge ? writeEdge(nearEdge, !backward) : write(end, !backward)
  if (backward) return { rows: rows.reverse(), next: back, previous: onward }
  const isFirst = position === undefined || (position.value === start.value && position.id === start.id)
  return { rows, next: onward, previous: isFirst ? null : back }
}

/** Returns the absolute URL of a neighbouring page: the URL of the request with another cursor. */
export function pageUrl(requestUrl: URL, cursor: string | null): string | null {
  if (cursor === null) return null
  const url = new URL(requestUrl)
  url.searchParams.set('cursor', cursor)
  return url.href
}

/** Returns the members of a list's reply except its results. */
export function pageMembers(requestUrl: URL, page: Page<unknown>, count: Count) {
  return {
    ...countMembers(count),
    next: pageUrl(requestUrl, page.next),
    previous: pageUrl(requestUrl, page.previous),
    next_cursor: page.next,
    previous_cursor: page.previous,
  }
}

/** Returns the members of a list's reply that say how many rows there are. */
export function countMembers({ count, isPartial = false }: Count) {
  const capped = count > countCap || isPartial ? { count_capped: true } : {}
  return { count: Math.min(count, countCap), ...capped }
}
