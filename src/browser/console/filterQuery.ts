/** The filters of a list in the query of its page. */
import { explain } from '../explain.ts'
import { place, replaceSearch } from '../router.tsx'

/** The filters that show the errors of their values. */
const checked = ['search', 'email', 'user', 'user_agent', 'ip_address']

/** Checks whether an error is shown at the filters, and not above the list. */
export function isShownAtFilters(error: unknown): boolean {
  const names = Object.keys(explainFilters(error))
  return names.length > 0 && names.every((name) => checked.includes(name))
}

/** Returns the value of a filter in the query of the page. */
export function readFilter(name: string): string | undefined {
  return new URLSearchParams(place.value.search).get(name) ?? undefined
}

/** Changes a filter in the query of the page. The list then starts from its first page. */
export function setFilter(name: string, value: string): void {
  const query = new URLSearchParams(place.value.search)
  query.delete('cursor')
  if (value.trim() === '') query.delete(name)
  else query.set(name, value)
  replaceSearch(query.size === 0 ? '' : `?${query}`)
}

/** Returns the errors of single filters, by their names. */
export function explainFilters(error: unknown): Record<string, string> {
  return error === undefined ? {} : explain(error).fields
}
