import { useId } from 'preact/hooks'
import { consoleTexts } from './texts.ts'

type ChoiceProps = {
  type: 'checkbox' | 'radio'
  name: string
  label: string
  hint?: string | undefined
  isChecked: boolean
  onChange?: () => void
}

/** A checkbox or a radio button, with its label and a hint. */
export function Choice({ type, name, label, hint, isChecked, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div class="option">
      <label class="choice">
        <input
          type={type}
          name={name}
          defaultChecked={isChecked}
          onChange={onChange}
          aria-describedby={hint ? id : undefined}
        />{' '}
        {label}
      </label>
      {hint && (
        <p class="hint" id={id}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** The language of a user's mails and pages. */
export function LanguageField({ value, hint }: { value: string; hint?: string | undefined }) {
  const t = consoleTexts.value.language
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{t.label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <select id={id} name="language" aria-describedby={hint ? `${id}-hint` : undefined}>
        {Object.entries(t.names).map(([code, name]) => (
          <option key={code} value={code} selected={code === value} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
