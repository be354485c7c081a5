import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { settings } from './settings.ts'

type PageProps = {
  title: string
  children: ComponentChildren
  /** Whether the heading gets the focus, because the page has replaced another one. */
  isNew?: boolean
}

/** The heading and the content of a page. Screen readers read the heading when the page replaces another one. */
export function Page({ title, children, isNew = false }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${settings.productName}`
  }, [title])
  useEffect(() => {
    if (isNew) heading.current?.focus()
  }, [title, isNew])
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  )
}
