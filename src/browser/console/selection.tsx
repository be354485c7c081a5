import { useState } from 'preact/hooks'
import type { AdminUser } from '../../../generated/sdk/index.ts'
import { explain } from '../explain.ts'
import { fill, formatCount } from '../language.ts'
import { client } from '../session.ts'
import { Confirmation } from './dialog.tsx'
import { Outcomes, type Outcome } from './outcomes.tsx'
import { consoleTexts } from './texts.ts'

/** The email addresses of the selected users by their ids. */
export type Selection = ReadonlyMap<string, string>

const actions = {
  suspend: (id: string) => client.updateUser(id, { is_active: false }),
  activate: (id: string) => client.updateUser(id, { is_active: true }),
  signOut: (id: string) => client.revokeUserSessions(id),
  remove: (id: string) => client.deleteUser(id),
}
type Action = keyof typeof actions
type Run = { action: Action; total: number; outcomes: Outcome[] }

export type ChangeSelection = (change: (before: Selection) => Selection) => void

type Props = {
  selection: Selection
  changeSelection: ChangeSelection
  /** The users on this page of the list. */
  shown: readonly AdminUser[]
  reload: () => void
}

/** What can be done with several users at once, the progress, and the result for each user. */
export function SelectionBar({ selection, changeSelection, shown, reload }: Props) {
  const t = consoleTexts.value.selection
  const [question, setQuestion] = useState<Action>()
  const [run, setRun] = useState<Run>()
  const isRunning = run !== undefined && run.outcomes.length < run.total

  const start = async (action: Action) => {
    setQuestion(undefined)
    const outcomes: Outcome[] = []
    setRun({ action, total: selection.size, outcomes })
    for (const [id, email] of selection) {
      try {
        await actions[action](id)
        outcomes.push({ id, email })
        // Users with an error stay selected, so that the action can be repeated for them.
        changeSelection((before) => new Map([...before].filter(([other]) => other !== id)))
      } catch (error) {
        outcomes.push({ id, email, error: explain(error).alert ?? '' })
      }
      setRun({ action, total: selection.size, outcomes: [...outcomes] })
    }
    reload()
  }
  const isAllShown = shown.length > 0 && shown.every(({ id }) => selection.has(id))
  const toggleShown = () => {
    changeSelection((before) => {
      const others = [...before].filter(([id]) => shown.every((user) => user.id !== id))
      return new Map([...others, ...(isAllShown ? [] : shown.map(({ id, email }) => [id, email] as const))])
    })
  }

  return (
    <div class="selection">
      <div class="choices">
        <label class="choice">
          <input type="checkbox" checked={isAllShown} disabled={shown.length === 0} onChange={toggleShown} /> {t.all}
        </label>
        {selection.size > 0 && (
          <>
            <strong>{formatCount(selection.size, t.count)}</strong>
            {(Object.keys(actions) as Action[]).map((action) => (
              <button
                key={action}
                type="button"
                class={action === 'remove' ? 'danger' : 'secondary'}
                disabled={isRunning}
                onClick={() => {
                  setQuestion(action)
                }}
              >
                {t.actions[action]}
              </button>
            ))}
            <button
              type="button"
              class="link"
              onClick={() => {
                changeSelection(() => new Map())
              }}
            >
              {t.clear}
            </button>
          </>
        )}
      </div>
      {run && (
        <Outcomes
          {...run}
          title={t.actions[run.action]}
          done={t.done[run.action]}
          close={() => {
            setRun(undefined)
          }}
        />
      )}
      {question && (
        <Confirmation
          title={fill(t.questions[question], { users: formatCount(selection.size, t.users) })}
          button={t.actions[question]}
          {...(question === 'remove' ? { kind: 'danger', expected: String(selection.size) } : {})}
          send={() => {
            void start(question)
            return Promise.resolve()
          }}
          close={() => {
            setQuestion(undefined)
          }}
        >
          <p>{t.consequences[question]}</p>
          <ul class="addresses">
            {[...selection].map(([id, email]) => (
              <li key={id}>{email}</li>
            ))}
          </ul>
        </Confirmation>
      )}
    </div>
  )
}
