import { useSignal } from '@preact/signals'
import type { User } from '../../../../generated/sdk/index.ts'
import { fill } from '../../formats.ts'
import { useTexts } from '../language.ts'
import { client } from '../session.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { useAreaTexts } from './texts.ts'

export function Email({ user }: { user: User }) {
  const { checkMail, mailHint } = useTexts()
  const { email: t, password } = useAreaTexts()
  const requested = useSignal('')
  if (requested.value !== '')
    return (
      <>
        <Heading key="sent" title={checkMail.title} />
        <p>{fill(t.sent, { email: requested.value })}</p>
        <p class="hint">{mailHint}</p>
      </>
    )
  return (
    <>
      <Heading key="form" title={t.title} />
      <p>{fill(t.text, { email: user.email })}</p>
      <Form
        fields={[
          { name: 'email', label: t.next, type: 'email', autocomplete: 'email' },
          { name: 'current_password', label: password.current, type: 'password', autocomplete: 'current-password' },
        ]}
        button={t.button}
        submit={async ({ email = '', current_password = '' }) => {
          await client.changeEmail({ email, current_password })
          requested.value = email
        }}
      />
    </>
  )
}
