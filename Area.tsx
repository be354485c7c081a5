import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { User } from '../../../../generated/sdk/index.ts'
import type { AppPage } from '../../appPaths.ts'
import { language, useTexts } from '../language.ts'
import { here, pageOf, pathOf } from '../navigation.ts'
import { explain } from '../problems.ts'
import { leave, loadMe, me } from '../session.ts'
import { Brand } from '../ui/Page.tsx'
import { Data } from './Data.tsx'
import { Email } from './Email.tsx'
import { Events } from './Events.tsx'
import { History } from './History.tsx'
import { Password } from './Password.tsx'
import { Profile } from './Profile.tsx'
import { Sessions } from './Sessions.tsx'
import { useAreaTexts } from './texts.ts'

const pages = ['profile', 'password', 'email', 'sessions', 'history', 'events', 'data'] as const

/** The pages of a signed-in user. */
export function Area() {
  const t = useTexts()
  const areaTexts = useAreaTexts()
  const error = useSignal<unknown>(undefined)
  const user = me.value
  const page = pageOf(here.value)

  function load(): void {
    error.value = undefined
    loadMe().catch((thrown: unknown) => {
      error.value = thrown
    })
  }
  useEffect(() => {
    if (user === undefined) load()
  }, [user === undefined])

  let content: ComponentChildren
  if (user !== undefined) content = show(page, user)
  else if (error.value === undefined) content = <p class="loading">{t.loading}</p>
  else {
    const { alert } = explain(error.value, [], { t, language: language.value, minimum: 0 })
    content = (
      <>
        <p role="alert">{alert}</p>
        <button onClick={load}>{t.retry}</button>
      </>
    )
  }
  return (
    <>
      <Brand />
      <div class="area">
        <nav aria-label={areaTexts.navigation}>
          <ul>
            {pages.map((name) => (
              <li key={name}>
                <a href={pathOf(name)} aria-current={name === page ? 'page' : undefined}>
                  {areaTexts.pages[name]}
                </a>
              </li>
            ))}
          </ul>
          <button class="secondary" onClick={() => void leave('signedOut')}>
            {areaTexts.signOut}
          </button>
        </nav>
        <main key={page}>{content}</main>
      </div>
    </>
  )
}

function show(page: AppPage, user: User): ComponentChildren {
  switch (page) {
    case 'password':
      return <Password user={user} />
    case 'email':
      return <Email user={user} />
    case 'sessions':
      return <Sessions />
    case 'history':
      return <History user={user} />
    case 'events':
      return <Events user={user} />
    case 'data':
      return <Data />
    default:
      return <Profile user={user} />
  }
}
