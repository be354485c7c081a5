import { useState } from 'preact/hooks'
import { Link, place } from '../router.tsx'
import { client, leaveAfter, user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { consoleTexts } from './texts.ts'

const pages = [
  ['', 'overview'],
  ['users', 'users'],
  ['sign-ins', 'signIns'],
  ['events', 'events'],
  ['mails', 'mails'],
  ['lockouts', 'lockouts'],
  ['limits', 'limits'],
  ['keys', 'keys'],
] as const

/** The links to all pages of the console. */
export function Navigation() {
  const t = consoleTexts.value.nav
  const { path } = place.value
  const [hasFailed, setFailed] = useState(false)
  const signOut = async () => {
    setFailed(!(await leaveAfter(() => client.signOut(), `${pathOf('sign-in')}#signed-out`)))
  }
  const isCurrent = (page: string) =>
    page === '' ? path === pathOf('', 'console') : path.startsWith(pathOf(page, 'console'))
  return (
    <nav aria-label={t.label}>
      <ul>
        {pages.map(([page, name]) => (
          <li key={page}>
            <Link page={page} isCurrent={isCurrent(page)}>
              {t[name]}
            </Link>
          </li>
        ))}
      </ul>
      <div class="me">
        <p class="hint">{user.value?.email}</p>
        <a href={pathOf('')}>{t.account}</a>
        <button type="button" class="link" onClick={() => void signOut()}>
          {t.signOut}
        </button>
        {hasFailed && <p role="alert">{t.stillSignedIn}</p>}
      </div>
    </nav>
  )
}
