import { Link } from '../router.tsx'
import { logTexts } from './texts.ts'

type Props = {
  page: string
  search: string
  previous: string | null
  next: string | null
  /** The texts of the links, by default those of a list that is sorted by time. */
  labels?: { previous: string; next: string }
}

/** The links to the neighbouring pages of a list. */
export function Pager({ page, search, previous, next, labels = logTexts.value }: Props) {
  const searchWith = (cursor: string) => {
    const query = new URLSearchParams(search)
    query.set('cursor', cursor)
    return `?${query}`
  }
  if (!previous && !next) return null
  return (
    <div class="actions">
      {previous && (
        <Link page={page} search={searchWith(previous)}>
          {labels.previous}
        </Link>
      )}
      {next && (
        <Link page={page} search={searchWith(next)}>
          {labels.next}
        </Link>
      )}
    </div>
  )
}
