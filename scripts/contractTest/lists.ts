import type { Call, Reply } from './call.ts'
import { callGet } from './everyOperation.ts'

/** A signed-in user of the deployment at `url`, with which all links must begin. */
export type Session = { token: string; url: string; id: string; isSuperuser: boolean }
export type Item = { id: string } & Record<string, unknown>
/** A list of an operation: its path and the query parameters that select its records. */
export type List = { operationId: string; path: string; query?: Record<string, string> }
type Page = {
  count?: number
  next?: string | null
  previous?: string | null
  next_cursor?: string | null
  previous_cursor?: string | null
  results?: Item[]
}

const wholeSize = 100

export function withQuery(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query).toString()}`
}

/** Tests a page of a list, and invalid parameters, which the service must refuse. */
export async function testList(call: Call, { token, url }: Session, { operationId, path }: List): Promise<void> {
  const first = withQuery(path, { page_size: '1' })
  const check = (reply: Reply) => checkLinks(reply, url, first)
  await callGet(call, operationId, 'a page', 200, { token, path: first, check })
  await testRefusedQueries(call, token, { operationId, path }, ['page_size=0', 'page_size=101', 'cursor=altered'])
}

export async function testRefusedQueries(call: Call, token: string, { operationId, path }: List, queries: string[]) {
  for (const query of queries) await call(operationId, `?${query}`, '400 invalid', { token, path: `${path}?${query}` })
}

/**
 * Reads up to 100 records of a list.
 * @param expected finds errors in the records
 */
export async function readList(
  call: Call,
  token: string,
  { operationId, path, query = {} }: List,
  title: string,
  expected: (items: Item[]) => string[] = () => [],
): Promise<Item[]> {
  const request = { token, path: withQuery(path, { ...query, page_size: String(wholeSize) }) }
  const check = (reply: Reply) => [...checkWhole(reply), ...expected(pageOf(reply).results ?? [])]
  const reply = await call(operationId, title, 200, { ...request, check })
  return (reply && pageOf(reply).results) ?? []
}

function checkWhole(reply: Reply): string[] {
  const { count, next, previous, results = [] } = pageOf(reply)
  const ids = new Set(results.map(({ id }) => id))
  return [
    ...(ids.size === results.length ? [] : ['a record is listed twice']),
    ...(previous === null ? [] : ['the first page has a previous one']),
    ...(next !== null || count === results.length ? [] : [`count ${count} instead of ${results.length}`]),
    ...(next === null || results.length > 0 ? [] : ['a page without records has a next one']),
  ]
}

/**
 * Reads the first three pages of a list, forward by `next` and backward by `previous_cursor`. The records, links and
 * count of each page must agree with the whole list. No other client may change the list during the test.
 */
export async function testPages(call: Call, session: Session, list: List): Promise<Item[]> {
  const { operationId, path, query = {} } = list
  const { token, url } = session
  const items = await readList(call, token, list, describeQuery('the whole list', query))
  const size = items.length > 2 ? 2 : 1
  const pages = [...Array(Math.min(Math.ceil(items.length / size), 3)).keys()]
  const last = pages.length - 1
  let target: string | undefined = withQuery(path, { ...query, page_size: String(size) })
  for (const [step, at] of [...pages, ...pages.slice(0, -1).reverse()].entries()) {
    if (target === undefined) break
    const requested: string = target
    const check = (reply: Reply) => [
      ...checkPage(reply, items, { start: at * size, size }),
      ...checkLinks(reply, url, requested),
    ]
    const title = describeQuery(`page ${at + 1}, ${step <= last ? 'forward' : 'backward'}`, query)
    const reply = await call(operationId, title, 200, { token, path: requested, check })
    if (!reply) break
    target = step < last ? pathOf(pageOf(reply).next, url) : backwardFrom(pageOf(reply), url, requested)
  }
  return items
}

function checkPage(reply: Reply, items: Item[], { start, size }: { start: number; size: number }): string[] {
  const { count, next, previous, results = [] } = pageOf(reply)
  const [ids, expected] = [results, items.slice(start, start + size)].map((list) => list.map(({ id }) => id).join())
  const isWhole = items.length < wholeSize
  const isLast = isWhole && start + size >= items.length
  return [
    ...(ids === expected ? [] : [`the page has ${ids || 'no record'} instead of ${String(expected)}`]),
    ...((next === null) === isLast
      ? []
      : [`next is ${String(next)} although the page is ${isLast ? '' : 'not '}the last`]),
    ...((previous === null) === (start === 0) ? [] : [`previous is ${String(previous)} after ${start} records`]),
    ...(!isWhole || count === items.length ? [] : [`count ${count} instead of ${items.length}`]),
  ]
}

/** Finds errors in the links to the neighbouring pages: they have the same URL with another cursor. */
function checkLinks(reply: Reply, url: string, requested: string): string[] {
  const page = pageOf(reply)
  return (['next', 'previous'] as const).flatMap((name) => {
    const { [name]: link, [`${name}_cursor` as const]: cursor } = page
    if (typeof link !== 'string') return cursor ? [`${name}_cursor is set and ${name} is not`] : []
    const path = pathOf(link, url)
    if (path === undefined) return [`${name} leads to ${link} instead of ${url}: does TRUSTED_PROXIES name the proxy?`]
    const given = new URL(link).searchParams.get('cursor')
    const [actual, expected] = [path, requested].map(withoutCursor)
    return [
      ...(actual === expected ? [] : [`${name} leads to ${String(actual)} instead of ${String(expected)}`]),
      ...(cursor === undefined || cursor === given ? [] : [`${name}_cursor differs from the cursor in ${name}`]),
    ]
  })
}

/**
 * Returns the path of the previous page, from `previous_cursor` if the reply has this member, otherwise from
 * `previous`.
 */
function backwardFrom({ previous, previous_cursor: cursor }: Page, url: string, requested: string): string | undefined {
  if (typeof cursor !== 'string') return pathOf(previous, url)
  return `${withoutCursor(requested)}&cursor=${encodeURIComponent(cursor)}`
}

function withoutCursor(path: string): string {
  const [pathname = '', search] = path.split('?')
  const parameters = new URLSearchParams(search)
  parameters.delete('cursor')
  return `${pathname}?${parameters.toString()}`
}

/** Returns the path of a link below the URL of the deployment, or undefined if the link leads elsewhere. */
function pathOf(link: string | null | undefined, url: string): string | undefined {
  return link?.startsWith(`${url}/`) && URL.canParse(link) ? link.slice(url.length) : undefined
}

function describeQuery(title: string, { ordering }: Record<string, string>): string {
  return ordering === undefined ? title : `${title}, ordered by ${ordering}`
}

function pageOf({ body }: Reply): Page {
  return typeof body === 'object' && body !== null ? body : {}
}
