import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Problem } from '../problems.ts'

/** Where a row stands in its list. */
export type Position = { timestamp: string; id: string }
type Cursor = Position & { backward: boolean }
export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null }

export const countCap = 10_000
const macBytes = 16

/** Cursors are opaque and signed; `list` names the list and its ordering, so that a cursor fits nowhere else (security 72). */
export class Cursors {
  readonly #key: KeyObject
  readonly #previousKeys: readonly KeyObject[]

  /** @param previousKeys those of a SECRET_KEY that was replaced: whoever walks a list meanwhile goes on */
  constructor(key: KeyObject, previousKeys: readonly KeyObject[] = []) {
    this.#key = key
    this.#previousKeys = previousKeys
  }

  write(list: string, { timestamp, id, backward }: Cursor): string {
    const text = Buffer.from(`${timestamp} ${id} ${backward ? 'b' : 'f'}`)
    return Buffer.concat([macOf(this.#key, list, text), text]).toString('base64url')
  }

  /** @throws Problem invalid for a cursor that is not one of ours, or of another list */
  read(list: string, cursor: string): Cursor {
    const bytes = Buffer.from(cursor, 'base64url')
    const [mac, text] = [bytes.subarray(0, macBytes), bytes.subarray(macBytes)]
    const isBy = (key: KeyObject) => mac.length === macBytes && timingSafeEqual(mac, macOf(key, list, text))
    if (bytes.toString('base64url') !== cursor || ![this.#key, ...this.#previousKeys].some(isBy)) {
      const detail = 'Take the cursor from next or previous, with the same ordering.'
      throw new Problem('invalid', { errors: [{ parameter: 'cursor', code: 'cursor_invalid', detail }] })
    }
    const [timestamp = '', id = '', direction] = text.toString().split(' ')
    return { timestamp, id, backward: direction === 'b' }
  }
}

function macOf(key: KeyObject, list: string, text: Buffer): Buffer {
  return createHmac('sha256', key).update(`${list}\n`).update(text).digest().subarray(0, macBytes)
}

/** Before the first row of a scan in either direction. */
const start = {
  descending: { timestamp: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  ascending: { timestamp: '-infinity', id: '00000000-0000-0000-0000-000000000000' },
}

/**
 * One keyset page. `scan` returns up to `limit` rows beyond `from`, in the direction it is told.
 * @returns the page's rows in the list's order, and the cursors of its neighbours; '' is the first page
 */
export async function readPage<Row extends Position>(
  cursors: Cursors,
  { list, descending, cursor, size }: { list: string; descending: boolean; cursor: string | undefined; size: number },
  scan: (from: Position, limit: number, descending: boolean) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const at = cursor === undefined ? undefined : cursors.read(list, cursor)
  const backward = at?.backward ?? false
  const scanDescending = descending !== backward
  const found = await scan(at ?? (scanDescending ? start.descending : start.ascending), size + 1, scanDescending)
  const rows = found.slice(0, size)
  const more = found.length > size
  if (backward) rows.reverse()
  const to = (row: Row | undefined, direction: boolean) => row && cursors.write(list, { ...row, backward: direction })
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
