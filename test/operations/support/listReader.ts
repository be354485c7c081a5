import assert from 'node:assert/strict'
import type { OperationId, TestService } from '../../support/service.ts'
import type { Person } from '../../support/users.ts'

export type Page = {
  count: number
  count_capped?: boolean
  next: string | null
  previous: string | null
  next_cursor: string | null
  previous_cursor: string | null
  results: { id: string }[]
}
/** The links and cursors of a list that fits on one page. */
export const onlyPage = { next: null, previous: null, next_cursor: null, previous_cursor: null }

export type Query = Record<string, string>

/** Reads the pages of one list as one user. */
export class ListReader {
  readonly #service: TestService
  readonly #operationId: OperationId
  readonly #token: string
  readonly #path: Record<string, string>

  /** @param ownerId the user whose records the list has, if its path names a user */
  constructor(service: TestService, operationId: OperationId, { access, id }: Person, ownerId = id) {
    this.#service = service
    this.#operationId = operationId
    this.#token = access
    this.#path = { user_id: ownerId }
  }

  async read(query: Query = {}, headers: Record<string, string> = {}): Promise<Page> {
    const { status, body } = await this.#service.call(this.#operationId, {
      token: this.#token,
      path: this.#path,
      query,
      headers,
    })
    assert.equal(status, 200, JSON.stringify(body))
    return checkCursors(body as unknown as Page)
  }

  /** Reads a page by the URL in `next` or `previous`. */
  async follow(url: string | null | undefined): Promise<Page> {
    const { origin, pathname, search } = new URL(url ?? '')
    assert.equal(origin, this.#service.url)
    const headers = { Authorization: `Bearer ${this.#token}` }
    const { status, body } = await this.#service.fetch(`${pathname}${search}`, { headers })
    assert.equal(status, 200, JSON.stringify(body))
    return checkCursors(body as unknown as Page)
  }

  /** Follows `next` to the last page, then `previous` to the first. @returns both walks, in the order of the list */
  async walk(query: Query): Promise<{ forward: Page[]; backward: Page[] }> {
    const forward = [await this.read(query)]
    for (let next = forward[0]?.next; next; next = forward.at(-1)?.next) forward.push(await this.follow(next))
    const backward: Page[] = []
    for (let previous = forward.at(-1)?.previous; previous; previous = backward[0]?.previous)
      backward.unshift(await this.follow(previous))
    return { forward, backward }
  }
}

export function idsOf(...pages: Page[]): string[] {
  return pages.flatMap(({ results }) => results.map(({ id }) => id))
}

/** Checks that the cursors of a page are those in its URLs. */
function checkCursors(page: Page): Page {
  const cursorIn = (url: string | null) => url && new URL(url).searchParams.get('cursor')
  assert.deepEqual([page.next_cursor, page.previous_cursor], [cursorIn(page.next), cursorIn(page.previous)])
  return page
}

/** Returns the cursor of the next page. */
export function cursorOf({ next_cursor: cursor }: Page): string {
  return cursor ?? ''
}
