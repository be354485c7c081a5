import { useState } from 'preact/hooks'
import { CheckMail } from './checkMail.tsx'
import { Field, Form, type Values } from './form.tsx'
import { Page } from './page.tsx'
import { client } from './session.ts'
import { pathOf } from './settings.ts'
import { returnQuery } from './signIn.tsx'
import { texts } from './texts.ts'

export function ForgotPassword() {
  return <RequestMail page={texts.value.forgotPage} request={(email) => client.forgotPassword({ email })} />
}

export function ResendActivation() {
  return <RequestMail page={texts.value.resendPage} request={(email) => client.resendActivation({ email })} />
}

type Props = {
  page: { title: string; text: string; button: string }
  request: (email: string) => Promise<unknown>
}

/** Asks for an email address, and requests a mail to it. */
function RequestMail({ page, request }: Props) {
  const [email, setEmail] = useState('')
  const [isSent, setSent] = useState(false)
  const send = async ({ email = '' }: Values) => {
    await request(email)
    setEmail(email)
    setSent(true)
  }
  if (isSent)
    return (
      <CheckMail
        text={texts.value.sent.mail}
        email={email}
        resend={() => request(email)}
        back={() => {
          setSent(false)
        }}
      />
    )
  return (
    <Page title={page.title}>
      <p>{page.text}</p>
      <Form send={send} button={page.button}>
        <Field name="email" type="email" label={texts.value.email} autocomplete="username" value={email} autoFocus />
      </Form>
      <p class="more">
        <a href={pathOf('sign-in') + returnQuery}>{texts.value.signIn}</a>
      </p>
    </Page>
  )
}
