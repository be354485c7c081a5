import { fill } from '../language.ts'
import { consoleTexts } from './texts.ts'

/** The result of an action for one of several users. */
export type Outcome = { id: string; email: string; error?: string }

type Props = { title: string; done: string; total: number; outcomes: readonly Outcome[]; close: () => void }

/** The progress of an action with several users, and the result for each of them. */
export function Outcomes({ title, done, total, outcomes, close }: Props) {
  const t = consoleTexts.value.selection
  const isRunning = outcomes.length < total
  const succeeded = outcomes.filter(({ error }) => error === undefined).length
  const counts = { done: String(isRunning ? outcomes.length : succeeded), total: String(total) }
  return (
    <div class="outcomes">
      <p aria-live="polite">
        <strong>{title}.</strong> {fill(isRunning ? t.progress : t.result, counts)}
      </p>
      <progress max={total} value={outcomes.length} aria-label={title} />
      <ul>
        {outcomes.map(({ id, email, error }) => (
          <li key={id} class={error === undefined ? undefined : 'error'}>
            {email}: {error ?? done}
          </li>
        ))}
      </ul>
      {!isRunning && (
        <button type="button" class="link" onClick={close}>
          {t.close}
        </button>
      )}
    </div>
  )
}
