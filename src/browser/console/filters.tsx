import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Link, place } from '../router.tsx'
import { readFilter, setFilter } from './filterQuery.ts'
import { consoleTexts } from './texts.ts'

/** The time after the last key press, in milliseconds, until a list follows what was typed. */
const pause = 250

/** The filters of a list, and a link that removes them. */
export function Filters({ page, children }: { page: string; children: ComponentChildren }) {
  // The period belongs to the chart.
  const hasFilters = [...new URLSearchParams(place.value.search).keys()].some((name) => name !== 'period')
  return (
    <form
      role="search"
      class="filters"
      onSubmit={(event) => {
        event.preventDefault()
      }}
      noValidate
    >
      {children}
      {hasFilters && (
        <Link page={page} class="reset">
          {consoleTexts.value.resetFilters}
        </Link>
      )}
    </form>
  )
}

type TextFilterProps = {
  name: string
  label: string
  type?: 'search' | 'date'
  error?: string | undefined
}

/** A filter that the list follows while the user types. */
export function TextFilter({ name, label, type = 'search', error }: TextFilterProps) {
  const id = useId()
  const value = readFilter(name) ?? ''
  const [typed, setTyped] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const applied = useRef(value)
  const apply = (text: string) => {
    clearTimeout(timer.current)
    if (text === applied.current) return
    applied.current = text
    setFilter(name, text)
  }
  useEffect(() => {
    // The query has changed in another way, such as by the link that removes all filters.
    if (value === applied.current.trim() || value === applied.current) return
    clearTimeout(timer.current)
    applied.current = value
    setTyped(value)
  }, [value])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
    },
    [],
  )
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- Preact's types refuse a union
        type={type as 'search'}
        value={typed}
        autocomplete="off"
        spellcheck={false}
        autocapitalize="none"
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onInput={({ currentTarget: { value: text } }) => {
          setTyped(text)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => {
            apply(text)
          }, pause)
        }}
        onChange={({ currentTarget: { value: text } }) => {
          apply(text)
        }}
      />
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

type SelectFilterProps = {
  name: string
  label: string
  /** The text of each value. The value '' is no filter. */
  options: Record<string, string>
}

export function SelectFilter({ name, label, options }: SelectFilterProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={readFilter(name) ?? ''}
        onChange={({ currentTarget: { value } }) => {
          setFilter(name, value)
        }}
      >
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
