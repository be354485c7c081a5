import { useEffect } from 'preact/hooks'
import { Field, Form, type Values } from './form.tsx'
import { Page } from './page.tsx'
import { findReturnUrl } from './returnTo.ts'
import { canStore, client, signIn } from './session.ts'
import { pathOf, settings } from './settings.ts'
import { texts } from './texts.ts'

/** Where the user goes after the sign-in. The pages for people who are not signed in link to each other with it. */
const returnUrl = findReturnUrl(location.search, location.href, settings.returnOrigins)
export const returnQuery = returnUrl === undefined ? '' : `?${new URLSearchParams({ return_to: returnUrl })}`

function leave(): void {
  location.replace(returnUrl ?? pathOf(''))
}

export function SignIn() {
  const t = texts.value.signInPage
  useEffect(() => {
    // The user may be signed in already.
    void client.accessToken().then(
      (token) => {
        if (token !== undefined) leave()
      },
      () => undefined,
    )
  }, [])
  const send = async ({ email = '', password = '' }: Values) => {
    await signIn({ email, password })
    leave()
  }
  if (!canStore) return <StorageBlocked />
  const notice = { '#deleted': t.deleted, '#signed-out': t.signedOut }[location.hash]
  return (
    <Page title={t.title}>
      {notice && <p role="status">{notice}</p>}
      <Form send={send} button={t.button}>
        <Field name="email" type="email" label={texts.value.email} autocomplete="username webauthn" autoFocus />
        <Field name="password" type="password" label={texts.value.password} autocomplete="current-password" />
      </Form>
      <p class="more">
        <a href={pathOf('forgot-password') + returnQuery}>{t.forgot}</a>
      </p>
      <p class="more">
        {t.noAccount} <a href={pathOf('register') + returnQuery}>{t.register}</a>
      </p>
      <p class="more">
        <a href={pathOf('resend-activation') + returnQuery}>{t.notActivated}</a>
      </p>
    </Page>
  )
}

function StorageBlocked() {
  const { signInPage, cookies, tryAgain } = texts.value
  const reload = () => {
    location.reload()
  }
  return (
    <Page title={signInPage.title}>
      <p role="alert">{cookies.blocked}</p>
      <button type="button" class="secondary" onClick={reload}>
        {tryAgain}
      </button>
    </Page>
  )
}
