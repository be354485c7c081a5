import { useSignal } from '@preact/signals'
import type { User } from '../../../../generated/sdk/index.ts'
import { fill } from '../../formats.ts'
import { useTexts } from '../language.ts'
import { pathOf } from '../navigation.ts'
import { client } from '../session.ts'
import { settings } from '../settings.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { useAreaTexts } from './texts.ts'

export function Password({ user }: { user: User }) {
  const common = useTexts()
  const t = useAreaTexts().password
  const isDone = useSignal(false)
  return (
    <>
      <Heading title={t.title} />
      {isDone.value ? <p role="status">{t.done}</p> : <p>{t.text}</p>}
      <Form
        fields={[
          // A password manager must know whose password it stores.
          { name: 'email', label: common.email, autocomplete: 'username', value: user.email, isReadOnly: true },
          { name: 'current_password', label: t.current, type: 'password', autocomplete: 'current-password' },
          {
            ...{ name: 'password', label: t.next, type: 'password', autocomplete: 'new-password' },
            hint: fill(common.passwordRules, { minimum: String(settings.passwordMinLength) }),
          },
        ]}
        button={t.button}
        submit={async ({ current_password = '', password = '' }) => {
          isDone.value = false
          await client.changePassword({ current_password, password, password_confirm: password })
          isDone.value = true
        }}
      />
      <div class="actions">
        <a href={pathOf('forgotPassword')}>{t.forgot}</a>
      </div>
    </>
  )
}
