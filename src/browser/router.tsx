import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { currentArea, pathOf } from './settings.ts'

/** The path and the query of the current page. */
export const place = signal({ path: location.pathname, search: location.search })

const readPlace = () => {
  place.value = { path: location.pathname, search: location.search }
}
addEventListener('popstate', readPlace)

/** Shows another page without loading the document again. */
export function navigate(path: string, search = ''): void {
  history.pushState(null, '', path + search)
  scrollTo(0, 0)
  readPlace()
}

/** Changes the query of the current page, without a new entry in the history of the browser. */
export function replaceSearch(search: string): void {
  history.replaceState(null, '', place.value.path + search)
  readPlace()
}

type LinkProps = {
  page: string
  search?: string
  children: ComponentChildren
  class?: string
  /** Whether the link leads to the current page, by default if the path is the same and there is no query. */
  isCurrent?: boolean
}

/** A link to a page of this document. */
export function Link({ page, search = '', children, class: kind, isCurrent }: LinkProps) {
  const path = pathOf(page, currentArea)
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(path, search)
  }
  const current = isCurrent ?? (place.value.path === path && search === '')
  return (
    <a href={path + search} class={kind} onClick={follow} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  )
}
