import { useState } from 'preact/hooks'
import { Field, Form, NewPassword, Username, type Values } from '../form.tsx'
import { Page } from '../page.tsx'
import { client } from '../session.ts'
import { pathOf } from '../settings.ts'
import { texts } from '../texts.ts'
import { accountTexts } from './texts.ts'

export function Password() {
  const t = accountTexts.value.password
  const [changes, setChanges] = useState(0)
  const change = async ({ current_password = '', password = '' }: Values) => {
    await client.changePassword({ current_password, password, password_confirm: password })
    setChanges((before) => before + 1)
  }
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <Form key={changes} send={change} button={t.button} done={changes > 0 ? t.done : undefined}>
        <Username />
        <Field
          name="current_password"
          type="password"
          label={texts.value.currentPassword}
          autocomplete="current-password"
        />
        <NewPassword label={texts.value.newPassword} />
      </Form>
      <p class="more">
        <a href={pathOf('forgot-password')}>{t.forgot}</a>
      </p>
    </Page>
  )
}
