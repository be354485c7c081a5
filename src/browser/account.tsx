/** The pages for signed-in users. */
import { effect } from '@preact/signals'
import { render, type FunctionComponent } from 'preact'
import { Data } from './account/data.tsx'
import { Email } from './account/email.tsx'
import { Events } from './account/events.tsx'
import { History } from './account/history.tsx'
import { Navigation } from './account/navigation.tsx'
import { Password } from './account/password.tsx'
import { Profile } from './account/profile.tsx'
import { Sessions } from './account/sessions.tsx'
import { accountTexts } from './account/texts.ts'
import { Ended } from './ended.tsx'
import { Loading, useLoad } from './load.tsx'
import { followLanguage } from './localize.ts'
import { place } from './router.tsx'
import { accountEnd, client, goToSignIn, isSignedIn, user } from './session.ts'
import { pathOf } from './settings.ts'

const pages: Record<string, FunctionComponent> = {
  '': Profile,
  password: Password,
  email: Email,
  sessions: Sessions,
  history: History,
  events: Events,
  data: Data,
}

function Account() {
  const { ended, nav } = accountTexts.value
  if (!accountEnd.value) return <Pages />
  return <Ended reason={accountEnd.value} texts={ended} failure={nav.stillSignedIn} />
}

function Pages() {
  const state = useLoad('user', async () => (user.value = await client.getMe()))
  const Current = Object.entries(pages).find(([name]) => place.value.path === pathOf(name))?.[1] ?? Profile
  return (
    <Loading state={state}>
      {() => (
        <div class="account">
          <Navigation />
          <section>
            <Current key={place.value.path} />
          </section>
        </div>
      )}
    </Loading>
  )
}

const main = document.querySelector('main')
if (!isSignedIn.value) goToSignIn()
else if (main) {
  main.replaceChildren()
  render(<Account />, main)
  // The user may sign out in another tab, or the session may end.
  effect(() => {
    if (!isSignedIn.value) goToSignIn()
  })
  followLanguage()
}
