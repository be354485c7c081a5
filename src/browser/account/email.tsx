import { useState } from 'preact/hooks'
import { Field, Form, Username, type Values } from '../form.tsx'
import { fill } from '../language.ts'
import { Page } from '../page.tsx'
import { client, user } from '../session.ts'
import { texts } from '../texts.ts'
import { accountTexts } from './texts.ts'

export function Email() {
  const t = accountTexts.value.email
  const [isSent, setSent] = useState(false)
  const change = async ({ email = '', current_password = '' }: Values) => {
    setSent(false)
    await client.changeEmail({ email, current_password })
    setSent(true)
  }
  return (
    <Page title={t.title} isNew>
      <p>{fill(t.text, { email: user.value?.email ?? '' })}</p>
      <Form send={change} button={t.button} done={isSent ? t.done : undefined}>
        <Username />
        <Field name="email" type="email" label={t.newEmail} autocomplete="off" />
        <Field
          name="current_password"
          type="password"
          label={texts.value.currentPassword}
          autocomplete="current-password"
        />
      </Form>
    </Page>
  )
}
