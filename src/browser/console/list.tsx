import { Fragment, type ComponentChildren } from 'preact'
import { ExplainedError, explain } from '../explain.ts'
import { formatCount, formatTime, type Forms } from '../language.ts'
import { LoadError, type LoadState } from '../load.tsx'
import { Pager } from '../logs/pager.tsx'
import { place } from '../router.tsx'
import { texts } from '../texts.ts'
import { isShownAtFilters } from './filterQuery.ts'
import { consoleTexts } from './texts.ts'

export type Column<Row> = {
  label: string
  show: (row: Row) => ComponentChildren
  /** `start` is a checkbox, `main` names the row, `end` has buttons. */
  kind?: 'start' | 'main' | 'end'
}

type TableProps<Row> = { caption: string; columns: Column<Row>[]; rows: Row[]; keyOf: (row: Row) => string }

export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, kind }) => (
            <th key={label} scope="col" class={kind}>
              {kind === 'start' || kind === 'end' ? <span class="unseen">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, kind, show }) => (
              <td key={label} class={kind} data-label={label}>
                {show(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type ListPage<Row> = {
  count: number
  count_capped?: boolean
  previous_cursor: string | null
  next_cursor: string | null
  results: Row[]
}

type ListProps<Row> = Omit<TableProps<Row>, 'rows'> & {
  page: string
  state: LoadState<ListPage<Row>>
  /** The number of all records, such as "3 users". */
  count: Forms
  /** The sentence of an empty list. */
  none: string
  labels?: { previous: string; next: string }
}

/**
 * A list with its number of records and the links to further pages. The previous records stay visible until the next
 * ones are loaded. An error of a filter is shown at the filter, and any other error above the list.
 */
export function List<Row>({ page, state, count, none, labels, ...table }: ListProps<Row>) {
  const { data, error, isStale, reload } = state
  return (
    <>
      {error !== undefined && !isShownAtFilters(error) && <LoadError error={explainList(error)} reload={reload} />}
      {data === undefined && error === undefined && <p class="hint">{texts.value.loading}</p>}
      {data && (
        <div class="results" aria-busy={isStale}>
          <p class="hint count" aria-live="polite">
            {data.results.length === 0 ? none : formatCount(data.count, count, data.count_capped)}
          </p>
          {data.results.length > 0 && <Table {...table} rows={data.results} />}
          <Pager
            page={page}
            search={place.value.search}
            previous={data.previous_cursor}
            next={data.next_cursor}
            {...(labels ? { labels } : {})}
          />
        </div>
      )}
    </>
  )
}

/** A list without an explanation of its own has a query that someone has typed, or that has expired. */
function explainList(error: unknown): unknown {
  return explain(error).alert === undefined
    ? new ExplainedError({ alert: consoleTexts.value.wrongQuery, fields: {} })
    : error
}

/** A moment, in the time zone of the browser. */
export function Time({ at }: { at: string }) {
  return <time dateTime={at}>{formatTime(at)}</time>
}

/** An IP address. A long one may be broken after each colon. */
export function IpAddress({ address }: { address: string }) {
  return (
    <>
      {address.split(':').map((group, index) => (
        <Fragment key={index}>
          {index > 0 && (
            <>
              :<wbr />
            </>
          )}
          {group}
        </Fragment>
      ))}
    </>
  )
}
