import { useState } from 'preact/hooks'
import { client, leaveAfter } from '../session.ts'
import { pathOf } from '../settings.ts'
import { accountTexts } from './texts.ts'

type Props = {
  label: string
  kind: 'link' | 'secondary'
  /** Tells the sign-in page what has happened. */
  hash: string
}

/** A button that signs out and goes to the sign-in page. */
export function SignOut({ label, kind, hash }: Props) {
  const [hasFailed, setFailed] = useState(false)
  const signOut = async () => {
    setFailed(!(await leaveAfter(() => client.signOut(), pathOf('sign-in') + hash)))
  }
  return (
    <>
      <button type="button" class={kind} onClick={() => void signOut()}>
        {label}
      </button>
      {hasFailed && <p role="alert">{accountTexts.value.nav.stillSignedIn}</p>}
    </>
  )
}
