import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Problem } from '../../../../generated/sdk/index.ts'
import { language, useTexts } from '../language.ts'
import { explain } from '../problems.ts'
import { useAreaTexts } from './texts.ts'

type PageOf<Item> = { results: Item[]; next_cursor: string | null }
type Item = { id: string }

type ListProps<Entry extends Item> = {
  load: (cursor: string | undefined) => Promise<PageOf<Entry>>
  /** The list is loaded again when this value changes. */
  version: string
  empty: string
  /** What is said if the service refuses the filters. */
  invalid?: string
  children: (entry: Entry) => ComponentChildren
}

/** A list that loads further pages on request. */
export function List<Entry extends Item>({ load, version, empty, invalid, children }: ListProps<Entry>) {
  const t = useTexts()
  const { more } = useAreaTexts()
  const entries = useSignal<Entry[] | undefined>(undefined)
  const next = useSignal<string | undefined>(undefined)
  const error = useSignal<unknown>(undefined)

  async function loadMore(isCurrent: () => boolean = () => true): Promise<void> {
    error.value = undefined
    try {
      const { results, next_cursor } = await load(next.value)
      if (!isCurrent()) return
      entries.value = [...(entries.value ?? []), ...results]
      next.value = next_cursor ?? undefined
    } catch (thrown) {
      if (isCurrent()) error.value = thrown
    }
  }

  useEffect(() => {
    let isCurrent = true
    entries.value = next.value = undefined
    void loadMore(() => isCurrent)
    return () => {
      isCurrent = false
    }
  }, [version])

  if (error.value !== undefined) {
    const isInvalid = error.value instanceof Problem && error.value.code === 'invalid'
    const { alert } = explain(error.value, [], { t, language: language.value, minimum: 0 })
    return (
      <>
        <p role="alert">{isInvalid && invalid !== undefined ? invalid : alert}</p>
        <button class="secondary" onClick={() => void loadMore()}>
          {t.retry}
        </button>
      </>
    )
  }
  if (entries.value === undefined) return <p class="loading">{t.loading}</p>
  if (entries.value.length === 0) return <p class="empty">{empty}</p>
  return (
    <>
      <ul class="list">
        {entries.value.map((entry) => (
          <li key={entry.id}>{children(entry)}</li>
        ))}
      </ul>
      {next.value === undefined ? null : (
        <button class="secondary" onClick={() => void loadMore()}>
          {more}
        </button>
      )}
    </>
  )
}
