import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { ExplainedError } from '../explain.ts'
import { Field, Form, type Values } from '../form.tsx'
import { fill } from '../language.ts'
import { consoleTexts } from './texts.ts'

type Props = {
  title: string
  children: ComponentChildren
  button: string
  kind?: 'danger'
  /** The text that the user must type before the action is performed. */
  expected?: string
  send: () => Promise<unknown>
  close: () => void
}

/** Asks before an action. The Escape key closes the dialog, and the focus returns to the button that has opened it. */
export function Confirmation({ title, children, button, kind, expected, send, close }: Props) {
  const t = consoleTexts.value.confirm
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // A layout effect ends before the dialog is removed. Only then does its end return the focus.
  useLayoutEffect(() => {
    const { current } = dialog
    const closing = new AbortController()
    current?.addEventListener('close', close, { signal: closing.signal })
    current?.showModal()
    return () => {
      // Its event comes later, and must not close the next dialog, which a quick user may have opened by then.
      closing.abort()
      current?.close()
    }
  }, [])
  // The browser reports the Escape key before it closes the dialog. The page is up to date when the focus has returned.
  const cancel = (event: Event) => {
    event.preventDefault()
    close()
  }
  const sendTyped = async ({ typed = '' }: Values) => {
    if (expected !== undefined && typed.trim() !== expected)
      throw new ExplainedError({ fields: { typed: fill(t.different, { expected }) } })
    await send()
  }
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={cancel}>
      <h2 id={id}>{title}</h2>
      {children}
      <Form send={sendTyped} button={button} {...(kind ? { kind } : {})}>
        {expected !== undefined && <Field name="typed" label={fill(t.type, { expected })} autocomplete="off" />}
      </Form>
      <button type="button" class="secondary" onClick={close}>
        {t.cancel}
      </button>
    </dialog>
  )
}
