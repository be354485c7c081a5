import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { pathOf } from './settings.ts'

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

type LinkProps = { page: string; search?: string; children: ComponentChildren; class?: string }

/** A link to a page of this document. */
export function Link({ page, search = '', children, class: kind }: LinkProps) {
  const path = pathOf(page)
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(path, search)
  }
  const isCurrent = place.value.path === path && search === ''
  return (
    <a href={path + search} class={kind} onClick={follow} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  )
}
