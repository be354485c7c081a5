import { useState } from 'preact/hooks'
import { Form } from './form.tsx'
import { fill } from './language.ts'
import { Page } from './page.tsx'
import { pathOf } from './settings.ts'
import { returnQuery } from './signIn.tsx'
import { texts } from './texts.ts'

type Props = {
  text: string
  email: string
  /** Sends the mail once more. */
  resend: () => Promise<unknown>
  /** Shows the form again. */
  back: () => void
}

/** The page after a request that sends a mail. */
export function CheckMail({ text, email, resend, back }: Props) {
  const t = texts.value
  const [isSentAgain, setSentAgain] = useState(false)
  const sendAgain = async () => {
    await resend()
    setSentAgain(true)
  }
  return (
    <Page title={t.sent.title} isNew>
      <p>{fill(text, { email })}</p>
      <p class="hint">{t.sent.wait}</p>
      <Form send={sendAgain} button={t.sent.again} kind="secondary" done={isSentAgain ? t.sent.sentAgain : undefined}>
        {null}
      </Form>
      <div class="actions">
        <a href={pathOf('sign-in') + returnQuery}>{t.signIn}</a>
        <button type="button" class="link" onClick={back}>
          {t.sent.other}
        </button>
      </div>
    </Page>
  )
}
