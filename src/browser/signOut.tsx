import { useState } from 'preact/hooks'
import { client, leaveAfter } from './session.ts'
import { pathOf } from './settings.ts'

type Props = {
  label: string
  kind: 'link' | 'secondary'
  /** Tells the sign-in page what has happened. */
  hash: string
  /** The text to show after a failed sign-out. */
  failure: string
}

/** A button that signs out and goes to the sign-in page. */
export function SignOut({ label, kind, hash, failure }: Props) {
  const [hasFailed, setFailed] = useState(false)
  const signOut = async () => {
    setFailed(!(await leaveAfter(() => client.signOut(), pathOf('sign-in') + hash)))
  }
  return (
    <>
      <button type="button" class={kind} onClick={() => void signOut()}>
        {label}
      </button>
      {hasFailed && <p role="alert">{failure}</p>}
    </>
  )
}
