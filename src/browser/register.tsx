import { useState } from 'preact/hooks'
import { CheckMail } from './checkMail.tsx'
import { Field, Form, NewPassword, type Values } from './form.tsx'
import { language } from './language.ts'
import { Page } from './page.tsx'
import { client } from './session.ts'
import { pathOf, settings } from './settings.ts'
import { returnQuery } from './signIn.tsx'
import { texts } from './texts.ts'

export function Register() {
  const t = texts.value
  const [email, setEmail] = useState('')
  const [isSent, setSent] = useState(false)
  const register = async ({ email = '', password = '' }: Values) => {
    await client.registerUser({ email, password, password_confirm: password, language: language.value })
    setEmail(email)
    setSent(true)
  }
  if (isSent)
    return (
      <CheckMail
        text={t.sent.register}
        email={email}
        resend={() => client.resendActivation({ email })}
        back={() => {
          setSent(false)
        }}
      />
    )
  return (
    <Page title={t.registerPage.title}>
      <Form send={register} button={t.registerPage.button}>
        <Field name="email" type="email" label={t.email} autocomplete="username" value={email} autoFocus />
        <NewPassword label={t.password} />
        <AcceptedTerms />
      </Form>
      <p class="more">
        {t.registerPage.hasAccount} <a href={pathOf('sign-in') + returnQuery}>{t.signIn}</a>
      </p>
    </Page>
  )
}

/** Says what a user accepts with the registration. The terms open in another tab, so that the form keeps its values. */
function AcceptedTerms() {
  const { accept, terms } = texts.value.registerPage
  const [before, after] = accept.split('{{terms}}')
  if (!settings.termsUrl) return null
  return (
    <p class="hint">
      {before}
      {after !== undefined && (
        <a href={settings.termsUrl} target="_blank" rel="noopener">
          {terms}
        </a>
      )}
      {after}
    </p>
  )
}
