/** The console, for superusers. */
import './console/style.css'
import { effect } from '@preact/signals'
import { render, type FunctionComponent } from 'preact'
import { Events } from './console/events.tsx'
import { Keys } from './console/keys.tsx'
import { Limits } from './console/limits.tsx'
import { Lockouts } from './console/lockouts.tsx'
import { Mails } from './console/mails.tsx'
import { Navigation } from './console/navigation.tsx'
import { NewUser } from './console/newUser.tsx'
import { Notice } from './console/notice.tsx'
import { Overview } from './console/overview.tsx'
import { SignIns } from './console/signIns.tsx'
import { Suppressed } from './console/suppressed.tsx'
import { consoleTexts, loadTexts } from './console/texts.ts'
import { UserPage } from './console/user.tsx'
import { Users } from './console/users.tsx'
import { Ended } from './ended.tsx'
import { language } from './language.ts'
import { Loading, useLoad } from './load.tsx'
import { followLanguage } from './localize.ts'
import { Page } from './page.tsx'
import { place } from './router.tsx'
import { accountEnd, client, goToSignIn, isSignedIn, user } from './session.ts'
import { pathOf } from './settings.ts'

const pages: Record<string, FunctionComponent> = {
  '': Overview,
  users: Users,
  'users/new': NewUser,
  'sign-ins': SignIns,
  events: Events,
  mails: Mails,
  'mails/suppressed': Suppressed,
  lockouts: Lockouts,
  limits: Limits,
  keys: Keys,
}

function Console() {
  const state = useLoad('user', async () => {
    user.value = await client.getMe()
    await loadTexts(language.value)
    return user.value
  })
  return <Loading state={state}>{() => <Allowed />}</Loading>
}

/** The pages, or the reason why the user may not, or may no longer, see them. */
function Allowed() {
  const { ended, nav } = consoleTexts.value
  if (accountEnd.value) return <Ended reason={accountEnd.value} texts={ended} failure={nav.stillSignedIn} />
  return user.value?.is_superuser ? <Pages /> : <Refused />
}

function Pages() {
  const { path } = place.value
  const Current = Object.entries(pages).find(([name]) => path === pathOf(name, 'console'))?.[1] ?? UserPage
  return (
    <div class="console">
      <Navigation />
      <section>
        <Notice />
        <Current key={path} />
      </section>
    </div>
  )
}

/** Shown to a user who is not a superuser. */
function Refused() {
  const t = consoleTexts.value.refused
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <a class="button" href={pathOf('')}>
        {t.account}
      </a>
    </Page>
  )
}

const main = document.querySelector('main')
if (!isSignedIn.value) goToSignIn()
else if (main) {
  main.replaceChildren()
  render(<Console />, main)
  // The user may sign out in another tab, or the session may end.
  effect(() => {
    if (!isSignedIn.value) goToSignIn()
  })
  followLanguage()
  // Every user may list sign-ins and events, and gets only their own without the rights of a superuser. So each page
  // checks whether the user still has the rights.
  place.subscribe(() => {
    if (user.peek())
      client.getMe().then(
        (current) => {
          user.value = current
        },
        () => undefined, // The page itself explains errors.
      )
  })
  effect(() => {
    if (user.value) void loadTexts(language.value).catch(() => undefined)
  })
}
