import type { Cursors } from './cursors.ts'

/** Where a row stands in its list: the column that the list is ordered by, and the id. */
export type Position<By extends string = 'timestamp'> = Record<By | 'id', string>
export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null }

export const countCap = 10_000

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
 * One keyset page. `scan` returns up to `limit` rows beyond `from`, in the direction it is told.
 * @returns the page's rows in the list's order, and the cursors of its neighbours; '' is the first page
 */
export async function readPage<Row extends Position<By>, By extends string = 'timestamp'>(
  cursors: Cursors,
  { list, descending, cursor, size, by = 'timestamp' as By, of = 'moments' }: Asked<By>,
  scan: (from: Position<By>, limit: number, descending: boolean) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const at = cursor === undefined ? undefined : cursors.read(list, cursor)
  const backward = at?.backward ?? false
  const scanDescending = descending !== backward
  const end = scanDescending ? 1 : 0
  const { value, id } = at ?? { value: ends[of][end], id: ends.ids[end] }
  const found = await scan({ [by]: value, id } as Position<By>, size + 1, scanDescending)
  const rows = found.slice(0, size)
  const more = found.length > size
  if (backward) rows.reverse()
  const to = (row: Row | undefined, back: boolean) =>
    row && cursors.write(list, { value: row[by], id: row.id, backward: back })
  return {
    rows,
    next: backward || more ? (to(rows.at(-1), false) ?? '') : null,
    previous: (backward ? more : at) ? (to(rows[0], true) ?? '') : null,
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
export function pageMembers(requestUrl: URL, page: Page<unknown>, count: number) {
  const capped = count > countCap ? { count_capped: true } : {}
  return {
    count: Math.min(count, countCap),
    ...capped,
    next: pageUrl(requestUrl, page.next),
    previous: pageUrl(requestUrl, page.previous),
  }
}
