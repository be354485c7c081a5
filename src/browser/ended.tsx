import { fill } from './language.ts'
import { Page } from './page.tsx'
import type { AccountEnd } from './session.ts'
import { settings } from './settings.ts'
import { SignOut } from './signOut.tsx'

type Props = {
  reason: AccountEnd
  texts: Record<AccountEnd, { title: string; text: string }> & { button: string }
  /** The text to show after a failed sign-out. */
  failure: string
}

/** Replaces every page of an account that was suspended or deleted while the page was open. */
export function Ended({ reason, texts, failure }: Props) {
  return (
    <Page title={texts[reason].title} isNew>
      <p>{fill(texts[reason].text, { product: settings.productName })}</p>
      <SignOut label={texts.button} kind="secondary" hash="" failure={failure} />
    </Page>
  )
}
