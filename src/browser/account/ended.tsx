import { fill } from '../language.ts'
import { Page } from '../page.tsx'
import { settings } from '../settings.ts'
import { SignOut } from './signOut.tsx'
import { accountTexts } from './texts.ts'

/** Replaces every page of an account that was suspended or deleted while the page was open. */
export function Ended({ reason }: { reason: 'user_inactive' | 'user_not_found' }) {
  const t = accountTexts.value.ended
  return (
    <Page title={t[reason].title} isNew>
      <p>{fill(t[reason].text, { product: settings.productName })}</p>
      <SignOut label={t.button} kind="secondary" hash="" />
    </Page>
  )
}
