import { createContext, type ComponentChildren } from 'preact'
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks'
import { explain, type Explanation } from './explain.ts'
import { fill } from './language.ts'
import { user } from './session.ts'
import { settings } from './settings.ts'
import { texts } from './texts.ts'

const nothingWrong: Explanation = { fields: {} }
const FormContext = createContext(nothingWrong)

export type Values = Record<string, string>

type FormProps = {
  /** Sends the values. Its errors are shown at the fields or above the form. */
  send: (values: Values) => Promise<unknown>
  button: string
  children: ComponentChildren
  /** The class of the button. */
  kind?: 'secondary' | 'danger'
  /** A success, shown above the form. */
  done?: string | undefined
}

/**
 * A form that keeps what the user has typed, and shows all errors at their fields. After an error, the first wrong field
 * gets the focus.
 */
export function Form({ send, button, children, kind, done }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(nothingWrong)

  useEffect(() => {
    const [first] = form.current?.querySelectorAll<HTMLElement>('[aria-invalid=true], [role=alert]') ?? []
    first?.focus()
  }, [wrong])

  const submit = async (event: Event) => {
    event.preventDefault()
    if (isBusy || !form.current) return
    setBusy(true)
    const values = Object.fromEntries(new FormData(form.current)) as Values
    try {
      await send(values)
      setWrong(nothingWrong)
    } catch (error) {
      setWrong(explain(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate aria-busy={isBusy}>
      {wrong.alert && (
        <p role="alert" tabIndex={-1}>
          {wrong.alert}
        </p>
      )}
      {done && wrong === nothingWrong && <p role="status">{done}</p>}
      <FormContext.Provider value={wrong}>{children}</FormContext.Provider>
      <button class={kind} aria-disabled={isBusy}>
        {isBusy ? texts.value.working : button}
      </button>
    </form>
  )
}

type FieldProps = {
  name: string
  label: string
  type?: 'text' | 'email' | 'password' | 'date'
  autocomplete?: string
  hint?: string
  value?: string
  maxLength?: number
  autoFocus?: boolean
}

/** A field with its label, the rules that apply to it, and its error. */
export function Field({ name, label, type = 'text', autocomplete, hint, value, maxLength, autoFocus }: FieldProps) {
  const error = useContext(FormContext).fields[name]
  const [isShown, setShown] = useState(false)
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
      <input
        id={id}
        name={name}
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- Preact's types refuse a union
        type={(isShown ? 'text' : type) as 'text'}
        autocomplete={autocomplete}
        defaultValue={value}
        maxLength={maxLength}
        autofocus={autoFocus}
        spellcheck={false}
        autocapitalize={type === 'text' ? undefined : 'none'}
        aria-describedby={notes || undefined}
        aria-invalid={error ? true : undefined}
      />
      {type === 'password' && (
        <label class="choice">
          <input
            type="checkbox"
            checked={isShown}
            onChange={() => {
              setShown(!isShown)
            }}
          />{' '}
          {texts.value.showPassword}
        </label>
      )}
    </div>
  )
}

/** A field for a new password, with the rules that it must meet. */
export function NewPassword({ name = 'password', label }: { name?: string; label: string }) {
  const hint = fill(texts.value.passwordRules, { minimum: String(settings.passwordMinLength) })
  return <Field name={name} label={label} type="password" autocomplete="new-password" hint={hint} />
}

/** Tells password managers whose password the form is about. */
export function Username() {
  return <input type="email" name="username" autocomplete="username" value={user.value?.email} readOnly hidden />
}
