import { Link } from '../router.tsx'
import { accountTexts } from './texts.ts'

type Props = { page: string; search: string; previous: string | null; next: string | null }

/** The links to the neighbouring pages of a list. */
export function Pager({ page, search, previous, next }: Props) {
  const t = accountTexts.value
  const searchWith = (cursor: string) => {
    const query = new URLSearchParams(search)
    query.set('cursor', cursor)
    return `?${query}`
  }
  return (
    <div class="actions">
      {previous && (
        <Link page={page} search={searchWith(previous)}>
          {t.newer}
        </Link>
      )}
      {next && (
        <Link page={page} search={searchWith(next)}>
          {t.older}
        </Link>
      )}
    </div>
  )
}

/** Returns the query of a list with these filters, without empty values. A list with other filters starts from its first page. */
export function filterQuery(values: Record<string, string>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value.trim() !== ''))
  return query.size === 0 ? '' : `?${query}`
}
