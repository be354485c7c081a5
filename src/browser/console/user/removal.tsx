import { useState } from 'preact/hooks'
import type { AdminUser } from '../../../../generated/sdk/index.ts'
import { fill } from '../../language.ts'
import { navigate } from '../../router.tsx'
import { client } from '../../session.ts'
import { pathOf } from '../../settings.ts'
import { Confirmation } from '../dialog.tsx'
import { notify } from '../notice.tsx'
import { rememberAddress } from '../people.tsx'
import { consoleTexts } from '../texts.ts'

/** Deletes a user, after the superuser has typed the user's email address. */
export function Removal({ user: { id, email } }: { user: AdminUser }) {
  const t = consoleTexts.value.removal
  const [isAsked, setAsked] = useState(false)
  const remove = async () => {
    await client.deleteUser(id)
    rememberAddress(id, undefined)
    navigate(pathOf('users', 'console'))
    notify(fill(t.done, { email }))
  }
  return (
    <section>
      <h2>{t.title}</h2>
      <p>{t.text}</p>
      <button
        type="button"
        class="danger"
        onClick={() => {
          setAsked(true)
        }}
      >
        {t.ask}
      </button>
      {isAsked && (
        <Confirmation
          title={fill(t.question, { email })}
          button={t.button}
          kind="danger"
          expected={email}
          send={remove}
          close={() => {
            setAsked(false)
          }}
        >
          <p>{t.text}</p>
        </Confirmation>
      )}
    </section>
  )
}
